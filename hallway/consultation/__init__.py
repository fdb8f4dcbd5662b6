"""The report that goes back and its acknowledgement. Never reads psychotherapy notes."""
