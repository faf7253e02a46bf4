"""Addresses that machines are given and people may open: the schema of an event, the meaning of a problem."""
