"""Open pages that keep themselves fresh: hints from the bus, by server-sent events."""
