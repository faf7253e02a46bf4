"""From the words that somebody types to a confirmed request with a public number."""
