"""What keeps the house in order: lints and builders. Never imported by the product."""
