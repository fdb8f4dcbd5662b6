"""Denials to lawful asks, with their grounds, and the form that would cure each."""
