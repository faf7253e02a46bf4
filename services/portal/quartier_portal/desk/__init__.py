"""The officers' desk: tasks, the request at hand with what the citizen will read, datasets and their second pair of eyes."""
