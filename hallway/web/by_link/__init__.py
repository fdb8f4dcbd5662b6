"""Signing on the patient's own phone by a one-time link: the birth date first, no account, nothing said before it."""
