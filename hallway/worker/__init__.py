"""Background jobs: sealing, reminders, expiry. References only, never content."""
