"""Validation and FHIRPath held against other people's cases."""
