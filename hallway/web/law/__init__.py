"""The law as rows, to be read, filtered and tried. Tells nothing of any patient, and stores nothing."""
