"""A fuzzer of the FHIR door that knows its grammar: valid requests, bent, against the product's own server.

``python -m tools.fuzz_fhir --requests 100000 --seed 1``. Every request follows from seed and number alone (and from
what the server has given out before), so a finding can be asked again. What is looked for stands in ``judging``.
"""
