"""Background work: ticks that look at the clock, and queued jobs. It decides nothing; rooms below do."""
