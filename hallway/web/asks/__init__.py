"""What patients ask a practice for, and its answers."""
