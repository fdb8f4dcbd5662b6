"""The rules of release as rows: who, what, for what, under which citation. No logic beyond reading and refusing."""
