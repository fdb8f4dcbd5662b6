"""Composition root: settings, event wiring, command line."""
