"""Writing a true report in two minutes; reading it in forty seconds."""
