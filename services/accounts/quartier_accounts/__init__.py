"""Who people are, how they sign in, what they may do: the only place in the house that knows an address.

A person is an opaque id and a language. Her address is sealed, and found again by a keyed digest. Everybody else holds the id, a
contact ticket of a quarter of an hour, or a token of a minute; secret links exist only in the mail that carries them.
"""
