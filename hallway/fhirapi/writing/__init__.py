"""What comes in by the FHIR door: who may write what, what is refused, and the one way by which it is kept."""
