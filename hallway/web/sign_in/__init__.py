"""The door: password, second factor, passkey, which role."""
