"""A page on which each API is tried in the browser: with one's own session, or with the demo's clients in the demo.

Requests go from the browser to the API itself, so what is tried is what programs get. Nothing is kept.
"""
