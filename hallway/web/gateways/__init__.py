"""Answers to registered gateways by bearer credential: decisions and the CDS Hooks service. No cookie counts here."""
