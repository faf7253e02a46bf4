"""Asking the city for data: three short pages, a check, and a mail to confirm. No account, no script needed."""
