"""The benchmarks of `hallway bench`, one module each, found by name."""
