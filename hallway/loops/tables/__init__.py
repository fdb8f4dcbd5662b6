"""The clocks of what is owed, as rows."""
