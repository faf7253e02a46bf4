"""The pytest plugin of Quartier: servers for tests, a mail sink, a trace sink, a browser, and an honest count of what ran.

It comes with the kit, so that a partner's service is tested with the same fixtures as ours. Nothing heavy is imported
until a test asks for it.
"""

pytest_plugins = ("quartier.testing.tiers", "quartier.testing.servers", "quartier.testing.browser", "quartier.testing.cities")
