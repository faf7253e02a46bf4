"""What the city has promised to publish: requests as this service knows them from their events."""
