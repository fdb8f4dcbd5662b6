"""CDS Hooks 2.0: discovery and ``patient-consent-consult``. The same decisions in that standard's words."""
