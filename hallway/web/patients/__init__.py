"""Finding the right person, the first time."""
