"""Screening for the clinic's staff: who is due today, asking, typing in, and reading what was answered."""
