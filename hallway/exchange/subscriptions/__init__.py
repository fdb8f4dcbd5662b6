"""Topic-based subscriptions, by the R4 backport of them (IG 1.1.0): who is told when something has happened.

The gate is asked when something is delivered, for whoever owns the subscription, and never when it was asked for. What
may not flow then is not even an id: it is left out, and the numbers of a subscription count what was delivered.
"""
