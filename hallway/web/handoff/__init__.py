"""A knock at the door: the asked clinician's side."""
