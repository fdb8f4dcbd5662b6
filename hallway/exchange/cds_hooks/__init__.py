"""CDS Hooks 2.0: what is owed about a patient, told in another system's chart; and ``patient-consent-consult``.

Every answer is an exit of the gate and a line of the ledger. Nothing the caller offers (``fhirServer``) is followed.
"""
