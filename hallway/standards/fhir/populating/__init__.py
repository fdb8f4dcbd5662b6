"""Fills a questionnaire's answers from what somebody hands over, as Structured Data Capture says. Pure: reads nothing.

SDC 3.0, Form Population: initial expressions, variables, population contexts, observation links, and the fixed initial
values of R4. What is not understood, and what finds nothing, leaves its question empty and is told beside the answers.
"""
