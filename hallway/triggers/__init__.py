"""The moments at which the two sides must talk (R41-R57), found in the transaction's outbox, each with one owner.

A firing rests on facts that may flow to the practice it is shown to, and on no others: each practice's firings are
computed from what the gate opens to it. Nothing closes one but done, not needed with a reason, or patient declined;
a firing whose facts were corrected away is withdrawn, and says so.
"""
