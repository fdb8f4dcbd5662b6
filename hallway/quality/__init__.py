"""Measures from loops and the record, with their definitions. Never shows small cells."""
