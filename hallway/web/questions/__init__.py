"""Questions for the patient on a shared tablet or their own phone: one a screen, no account, no score, nothing left."""
