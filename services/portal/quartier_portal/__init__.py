"""The website of the city: what people read, the forms by which they ask, the officers' desk and the operators' console.

The portal owns no fact. It shows what the services answer to the person who asks, keeps its own projection of events for counts, and
tells open pages what has moved.
"""
