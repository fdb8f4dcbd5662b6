"""Every no to a lawful ask, kept as 45 CFR part 171 wants it shown: exception, criterion, cure. Never edited."""
