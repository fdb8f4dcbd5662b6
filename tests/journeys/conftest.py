"""Fixtures of the journeys."""

from tests.journeys.kit import chromium, walk

__all__ = ["chromium", "walk"]
