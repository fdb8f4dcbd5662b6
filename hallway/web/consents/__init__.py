"""Composing, signing, taking back; what holds and why."""
