"""The request machine for readers: a table of its moves, its ages, and a diagram, as one Markdown page."""

from quartier_requests.machine import MACHINE, Age, Machine, Transition

HEAD = """# The request machine

How a dataset request moves from the ask to the answer. This page is generated from
`services/requests/quartier_requests/machine.toml`; the service reads the same file.
"""


def render(machine: Machine = MACHINE) -> str:
    """`docs/reference/request-machine.md`."""
    return "\n".join([HEAD, "```mermaid", diagram(machine), "```", "", "## States", "", *_states(machine), "", "## Moves", "",
                      *_moves(machine), ""])


def diagram(machine: Machine = MACHINE) -> str:
    """The machine as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for row in machine.transitions:
        for source in row.sources or ("[*]",):
            lines.append(f"  {source} --> {row.target or source}: {row.event}")
    lines += [f"  {state.name} --> [*]" for state in machine.states.values() if state.settled]
    return "\n".join(lines)


def _states(machine: Machine) -> list[str]:
    return ["| State | Public label | Settled | Queue | Age |", "|---|---|---|---|---|",
            *(f"| {row.name} | {row.label} | {'yes' if row.settled else 'no'} | {row.queue or '-'} | {_age(row.age)} |"
              for row in machine.states.values())]


def _age(age: Age | None) -> str:
    if age is None:
        return "-"
    steps = "until the end of the promised period" if age.until else ", ".join(map(str, age.days or age.working_days))
    unit = "" if age.until else " days" if age.days else " working days"
    return f"{steps}{unit}" + (f", then `{age.timer}`" if age.timer else ", shown in the queue")


def _moves(machine: Machine) -> list[str]:
    return ["| Row | Event | From -> to | Who | Must say | May say | Outcomes | Guards | Notice |", "|---|---|---|---|---|---|---|---|---|",
            *(_move(row) for row in machine.transitions)]


def _move(row: Transition) -> str:
    cells = [row.row, row.event, f"{', '.join(row.sources) or '-'} -> {row.target or 'stays'}", ", ".join(sorted(row.actors)),
             ", ".join(row.required), ", ".join(row.optional), ", ".join(row.outcomes), ", ".join(row.guards), row.owes or ""]
    return "| " + " | ".join(cell or "-" for cell in cells) + " |"
