"""An EHR launches Hallway: SMART App Launch 2.2, with Hallway as the program that is opened.

An EHR says who the person is and about whom; a person is signed in only after they tied that name to their own account
themselves, and a chart opens only where the gate lets them. Nothing of the EHR's answers is kept but for minutes.
"""
