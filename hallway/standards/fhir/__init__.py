"""FHIR R4 4.0.1: parsing that keeps decimals, compartments, search parameters, typed views. Never validates policy."""
