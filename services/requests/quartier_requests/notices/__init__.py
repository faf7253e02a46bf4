"""The follow-up ledger: what the requester is owed about each act, and whether it reached her."""
