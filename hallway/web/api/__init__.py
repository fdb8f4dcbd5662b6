"""The OpenAPI document of what programs may ask besides FHIR. It describes; it answers nothing of a record."""
