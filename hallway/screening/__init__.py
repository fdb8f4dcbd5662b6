"""Instruments as data, asking them, what they say, what follows at once, and treating to a target.

Universal screening in primary care is what the payers' documents ask for (R27); the instruments' licences and bands
are rows with their sources. It never shows a total from incomplete answers, never hides a positive suicide item behind
a low total, and never closes a safety protocol by itself.
"""
