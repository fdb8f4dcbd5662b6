"""Sittings: instruments put to one patient on a tablet, by a link, on the phone or on paper, until they are filed.

A public door stands before it, so a secret is kept as its digest alone and nothing is said before a birth date. It
shows nobody a score, loses no answer that it has said to have kept, and lets no critical answer wait for the last one.
"""
