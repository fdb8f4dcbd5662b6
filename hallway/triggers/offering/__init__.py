"""Offering the other side's care at every opportunity (R78-R83): the last answer, its date, and when to offer again."""
