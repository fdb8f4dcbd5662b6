"""Drugs, drug groups, interacting pairs, monitoring and sets of problems as rows; no row has a clinician's review."""
