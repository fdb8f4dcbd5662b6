"""Bringing resources in from files: what a file holds, what of it is new, and storing it whole or not at all."""
