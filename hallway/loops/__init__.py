"""What is owed: someone owes someone something about a patient by a time.

Never closes because it was merely accepted.
"""
