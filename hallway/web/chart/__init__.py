"""Everything both sides may know, in a minute."""
