"""A second judge of release that shares no code with the gate: its own reader of the rules, sets of words for masks.

It replays what left, from facts as they were then, and says where the gate and the rows part. Nothing here imports
``hallway.consent``: the tables of law are read as text, the facts as rows.
"""
