"""The ledger: what is owed to whom, the message made of it, and what became of each delivery."""
