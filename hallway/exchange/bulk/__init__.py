"""Bulk Data 2: what a program may have of many charts, written in the background, kept encrypted, deleted on time.

Decides nothing: the gate is asked when each chart is read, and asked again when a file is fetched.
"""
