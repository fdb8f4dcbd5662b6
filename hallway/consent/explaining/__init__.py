"""What the gate would say, says and said, and why, for those entitled to know it. Reads, and changes no right."""
