"""What left outside the record, and the account of it that a patient is owed (45 CFR 164.528). Never edited."""
