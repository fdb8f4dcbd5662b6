"""Emergency access (42 CFR 2.51): opened with a reason, for minutes, told to the patient, reviewed afterwards."""
