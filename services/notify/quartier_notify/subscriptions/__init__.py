"""Who follows which request, with the proof that each of them wanted to."""
