"""New referral, the list, and where one stands and whose turn."""
