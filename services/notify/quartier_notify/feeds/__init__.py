"""News of a public request as Atom: the same facts as the mails, without any subscription."""
