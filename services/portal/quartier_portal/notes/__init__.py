"""The notes on publication, as pages."""
