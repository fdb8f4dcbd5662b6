"""Organizations, locations, practitioners, roles, care teams.

A projection of the shared resources; never decides a release.
"""
