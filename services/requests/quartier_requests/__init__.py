"""Dataset requests: from a person's ask to the city's answer, with proof that she was told.

A person asks without an account; a link in a mail confirms. An officer gives the request its first look and says who may see it,
answers it, or takes it up and promises a date; an approver may refuse it; the publication of a dataset that claims it settles it.
Each act is a move of one machine (`machine.toml`), one line of the request's public history, and one notice owed to the requester.
"""
