"""The city in figures: the portal's own projection of the events of requests."""
