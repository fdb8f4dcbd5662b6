"""Messages and requests: a question with an answer by a time, the contact log and the check list of coordination."""
