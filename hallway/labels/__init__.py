"""Says what a fact is. Makes every Labelled.

Legal status from the source of the data, never from the code alone.
"""
