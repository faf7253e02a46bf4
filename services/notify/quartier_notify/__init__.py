"""Telling people, once, with proof.

Notify turns what the services owe to people into messages and can show, for each, what became of it: sent, bounced, failed, or
waiting for a person to decide. It keeps who follows which request, the ledger of notices, the deliveries with their evidence, the
texts in both languages, and the feeds that work without any subscription. It never keeps an address: it asks accounts at the
moment of sending.
"""
