"""Every clinical fact, whole, versioned, never lost. Gives content only for a Release, takes it only as Labelled."""
