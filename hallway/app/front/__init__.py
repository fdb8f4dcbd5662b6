"""What stands in front of pages and doors: an id for each request, limits, counts and traces. It decides nothing of
content, reads no body and keeps nothing of a person."""
