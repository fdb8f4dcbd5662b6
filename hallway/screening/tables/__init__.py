"""Instruments, schedules, targets and safety steps, as rows."""
