"""Mapping and transport for other systems. Decides nothing itself: it parses, asks the rooms below, and answers."""
