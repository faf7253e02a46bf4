"""The register as open data: every public request and its history, as CSV and as JSON Lines."""
