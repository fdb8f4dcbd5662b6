"""The FHIR R4 door on the hot path. Never reads but through a Release."""
