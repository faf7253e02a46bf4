"""What the city publishes, and what became of what people asked.

Two halves, one database. The **catalogue** holds datasets and their versions: an officer prepares a version and says which
requests it answers, a second person approves it, and that act emits `dataset.published`, which moves the requests on. The
**notes** hold copies of the house's events (facts), append-only, and compute from them, and from nothing else, what happened in a
quarter: a note exists for each quarter, with no requests too, because it costs nothing but reading.
"""
