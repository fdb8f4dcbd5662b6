"""Who asks: accounts, credentials, sign-in sessions, the requester. Never says what a person may see."""
