"""What other systems write of a workflow, put to the very actions that the pages call. Nothing is stored behind them.

One file a resource type: a pure reading of the resource, then one call. What fits no step is refused with what to do.
"""
