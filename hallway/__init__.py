"""Hallway: one shared chart for primary care and behavioral health.

Nothing leaves without a lawful release, and nothing that one clinician owes another is lost.
"""

__version__ = "0.1.0"
