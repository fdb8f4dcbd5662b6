"""The same-visit safety steps: what is next, who was told, how it ends. Never closed by default."""
