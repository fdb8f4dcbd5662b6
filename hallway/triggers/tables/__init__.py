"""The moments T1-T32 as rows, with what tunes them."""
