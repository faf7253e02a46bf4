"""`quartier …`: run a city, run one service, prepare what they need, look into the events, make tokens."""

import typer

from quartier.cli import demo, events, preparing, running, tokens

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.command("up")(running.up)
app.command("serve")(running.serve)
app.command("migrate")(preparing.migrate)
app.command("doctor")(preparing.doctor)
app.add_typer(preparing.topics_app, name="topics")
app.add_typer(preparing.keys_app, name="keys")
app.add_typer(tokens.app, name="token")
app.add_typer(events.app, name="events")
app.add_typer(demo.app, name="demo")
