"""The public register of requests: the list, one request, and following it."""
