"""Pure codecs: FHIR R4 and its FHIRPath. Knows no domain, does no I/O."""
