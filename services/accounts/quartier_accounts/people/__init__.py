"""People, the sealed addresses by which they are reached, and the roles that they were given."""
