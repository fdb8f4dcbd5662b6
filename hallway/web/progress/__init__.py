"""Treating to a target: who is not improving, who is overdue, who was lost; and the target of one patient."""
