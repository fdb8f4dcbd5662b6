"""Generated: the elements of each type, as the standard lists them."""
