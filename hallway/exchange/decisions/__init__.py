"""Decisions for gateways that hold their own data: may these items of theirs go to this recipient for this purpose?

Nothing of the record goes out here, only verdicts. An unknown patient and one of others answer byte for byte alike.
"""
