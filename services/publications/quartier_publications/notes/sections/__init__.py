"""The sections of a note, one module each: its shape, and how it follows from the facts of a period."""
