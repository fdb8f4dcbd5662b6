"""The services and the reasons to override, as rows."""
