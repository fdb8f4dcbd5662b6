"""The rules' data as rows. Facts from general knowledge stand with ``verified`` no until somebody checks the source."""
