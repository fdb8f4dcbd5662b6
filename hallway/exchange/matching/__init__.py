"""``Patient/$match``: who of those one may open is meant by these demographics. Transparent points, no learning.

Compares what may flow to the asker with what the asker sent, and with nothing else: a hidden patient is a missing one.
"""
