"""Facts of a chart compiled into grants, kept as rows, and read for items in hand. Nothing here makes a ``Release``."""
