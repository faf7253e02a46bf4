"""The officers' tasks: what waits for whom, since when, until when, and why."""
