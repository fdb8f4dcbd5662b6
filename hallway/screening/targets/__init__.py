"""Treating to a target: what a series of scores says about a person's progress, and the score that is aimed at.

Measurement-based care as the Collaborative Care trials describe it (``collaborative-care.md`` 4.2). Every figure is a
row with its source. It never makes a total from incomplete answers, and never judges in a clinician's place.
"""
