"""Notifications that could not be delivered, for whoever runs the network. Says where, and never about whom."""
