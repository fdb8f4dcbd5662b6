"""What a door leaves in a request's environment for whoever counts the requests in front of it."""

KNOWN = "hallway.known"
"""There, and true, where the credential that came along was looked at and is somebody's: an open door looks at none."""
