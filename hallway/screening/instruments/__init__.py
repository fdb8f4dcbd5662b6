"""Instruments as data: what each asks, how it is scored, what it means, how it travels as FHIR. One TOML file each.

Licences decide whether an instrument's text ships (``licence``, ``text_ships``). A total with a missing answer is never
shown; a critical answer stands whatever else is missing.
"""
