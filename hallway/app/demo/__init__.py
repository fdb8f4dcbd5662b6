"""The demo network: practices, people and patients that nobody is, deterministic from a seed.

Facts are generated here as plain FHIR JSON and enter through the same loader as anybody's; every step of a referral is
taken by the same action as a page's, with the clock stood still in the past.
"""
