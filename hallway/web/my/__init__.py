"""The patient's own side: what is shared with whom, who looked and why, the record itself, who acts for them, asking.

45 CFR 164.508(b)(5), 164.522, 164.524, 164.528. A representative sees the lawful least, and nothing of
what is shared or who looked.
"""
