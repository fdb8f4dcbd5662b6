"""Codes and obligations of a referral, as rows."""
