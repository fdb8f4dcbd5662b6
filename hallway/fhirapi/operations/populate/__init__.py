"""``Questionnaire/$populate``: fills a questionnaire from one patient's chart, as far as it may flow to the asker."""
