"""What may be asked for, the check list, the payers' help lines, as rows."""
