"""Being signed in: what a browser holds between two pages, and the tokens of a minute that come of it."""
