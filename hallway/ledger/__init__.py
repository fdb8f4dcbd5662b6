"""Every release and every step as a line that nobody can edit unseen.

45 CFR 164.528 and 42 CFR 2.25 are answered from it. Never holds content.
"""
