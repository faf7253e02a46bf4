"""Notes: each quarter's account of what was asked and what came of it, computed from facts."""
