"""Requests played through the API of a running city, as its people would make and work on them: for a first look, and for tests."""
