"""What the city publishes, as pages."""
