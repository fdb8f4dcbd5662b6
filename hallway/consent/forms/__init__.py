"""Consents as forms: prepared, printed, signed at a desk, by link or elsewhere, shown, ended. Unsigned, none opens."""
