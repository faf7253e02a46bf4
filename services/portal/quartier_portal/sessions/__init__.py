"""Who is looking at a page: the one cookie, and signing in and out by a link in a mail."""
