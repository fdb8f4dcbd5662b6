"""What I owe, in the order of harm, lateness, due time; and the practice's."""
