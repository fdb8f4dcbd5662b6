"""Programs of others: what they ask at the door, what a person lets them do, and who registered them."""
