"""The kit of Quartier: event contracts, the bus, and what every service is made of.

`pip install quartier` brings the contracts, the codec and the bus to whoever wants to follow a city; the extra
`quartier[service]` brings what a service of one's own needs besides.
"""
