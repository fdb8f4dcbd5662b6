"""Value sets, code systems and questionnaires that were loaded: whose they are, and which one an address means.

What a practice sends is its own: its licence for SNOMED CT, CPT or a questionnaire does not reach to its neighbours.
What the operator loads for nobody in particular, or the network's own people send, is everybody's. R4's own value sets
(CC0) come first and cannot be replaced. Speaks of no patient, so nothing here asks the gate.
"""
