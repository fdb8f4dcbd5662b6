"""What is due: a finding explained and acted on, the offers of the other side's care, and how a practice runs rules."""
