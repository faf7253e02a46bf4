"""Asking to be let in: one attempt, bound to the browser that asks, proved by a link in a mail."""
