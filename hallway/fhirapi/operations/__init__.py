"""One file for each FHIR operation, by the standard's own word without its dollar."""
