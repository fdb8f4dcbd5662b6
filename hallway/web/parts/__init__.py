"""Every part and state on one page."""
