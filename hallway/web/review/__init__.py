"""What nobody could judge: one paper at a time, one key a decision, and a way back."""
