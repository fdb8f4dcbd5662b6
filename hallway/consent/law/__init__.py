"""What the law asks of one disclosure, on plain values and pure: a question in, an answer out of the rows of law."""
