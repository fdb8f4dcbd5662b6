"""What became of the cards that another system showed: counts for the practice leader, and nobody's name."""
