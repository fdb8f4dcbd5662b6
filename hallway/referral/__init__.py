"""Asking another practice to see the patient, and the warm hand-off.

360X and BSeR give the states. Custody never moves because one was sent.
"""
