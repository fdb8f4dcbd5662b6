"""Clinicians of two sides talk about a patient: threads, requests for information, the check list of coordination.

Words stay in resources (Communication, Task) behind the gate; rows hold who, when and whose turn. What is asked for
and answered is R30, R31 and R37; the help lines and rules of plans (R26, R38, R45) are rows with their source.
"""
