"""A person's own account: second factor, passkeys, density, theme."""
