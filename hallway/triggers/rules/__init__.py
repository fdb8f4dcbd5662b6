"""Which moments one chart holds for one practice, by the rows. Pure: facts and an instant in, moments out.

The order of facts does not matter, nor that one comes twice; what was entered in error was never there.
"""

from hallway.triggers.rules.evaluating import Due, Found, evaluate

__all__ = ["Due", "Found", "evaluate"]
