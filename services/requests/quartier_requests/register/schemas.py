"""How much stands in the register."""

from quartier.web import Out


class RegisterFiguresOut(Out):
    """Counts of the register; hidden requests appear in no other way."""

    public: int
    hidden: int
    by_label: dict[str, int]
    by_outcome: dict[str, int]
