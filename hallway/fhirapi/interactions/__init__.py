"""One file for each FHIR interaction, by the standard's own word."""
