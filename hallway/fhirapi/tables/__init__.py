"""Rows of the FHIR door: each with its id and where it comes from."""
