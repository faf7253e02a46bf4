"""The catalogue: datasets, their versions, and the way a version goes out."""
