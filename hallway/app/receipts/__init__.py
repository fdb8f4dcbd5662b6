"""Receipts: for each answer, who had which versions of what, why, under which rules, forms and notices."""
