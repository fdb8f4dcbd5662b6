"""The gate: HIPAA, 42 CFR Part 2 and state law as rows. Makes every Release. Never filters results already fetched."""
