"""The same-visit protocol after a sign that a person may be in danger: from a yes to a safe disposition.

No licensed form's text stands here, and nothing here judges risk: a clinician does (issue 5, section 3; ``law.md`` 2.2,
2.8). It never closes by default or by time, and never tells a practice what its reader may not be told.
"""
