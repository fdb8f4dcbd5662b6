"""Someone who fits and is free."""
