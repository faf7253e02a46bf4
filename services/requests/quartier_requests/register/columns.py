"""The columns of the register's two tables: what each holds, its type, and its title in both languages."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from quartier.contracts.wishes import Verdict
from quartier.contracts.words import Texts
from quartier.settings import Settings
from quartier_requests import days
from quartier_requests.facts import Facts
from quartier_requests.machine import By
from quartier_requests.model import Request, RequestEvent
from quartier_requests.wording import event_sentence

Value = str | int | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `type` is Frictionless's word for what its cells hold."""

    name: str
    type: str
    title_en: str
    title_fr: str
    read: Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class Row:
    """A request, one line of its history if the table is about those, and the city that shows it."""

    request: Request
    settings: Settings
    line: RequestEvent | None = None

    @property
    def facts(self) -> Facts:
        """What the act says, or what settled the request."""
        return Facts(**(self.line.facts if self.line else self.request.answer))


def _title(lang: str) -> Callable[[Row], Value]:
    return lambda row: row.request.title if row.request.lang == lang else None


def _field(name: str) -> Callable[[Row], Value]:
    def read(row: Row) -> Value:
        value = getattr(row.request, name)
        return value.isoformat() if hasattr(value, "isoformat") else value

    return read


def _first_look(row: Row) -> Value:
    """Working days from the confirmation to the first look."""
    request = row.request
    if request.confirmed_at is None or request.triaged_at is None:
        return None
    start, end = (days.local_day(instant, row.settings) for instant in (request.confirmed_at, request.triaged_at))
    return days.working_days_between(start, end, row.settings)


def _dataset(row: Row) -> Value:
    facts = row.facts
    return f"{facts.dataset_slug}@{facts.dataset_version}" if facts.dataset_slug else None


def _wishes(verdict: Verdict) -> Callable[[Row], Value]:
    return lambda row: Counter(cell.verdict for cell in row.facts.wishes)[verdict]


def _sentence(lang: str) -> Callable[[Row], Value]:
    return lambda row: event_sentence(row.line.event, row.facts, lang) if row.line else None


def _words(lang: str) -> Callable[[Row], Value]:
    """The city's own words about the act: its answer, its motive, how to appeal."""

    def read(row: Row) -> Value:
        facts = row.facts
        said: list[Texts | None] = [facts.answer, facts.motive, facts.redress]
        return "\n\n".join(filter(None, (getattr(texts, lang) for texts in said if texts))) or None

    return read


def _instant(row: Row) -> Value:
    """What the requester herself did is public to the day alone."""
    assert row.line is not None
    return row.line.at.isoformat() if row.line.by != By.REQUESTER else None


REQUESTS = (
    Column("ref", "string", "Number", "Numéro", _field("ref")),
    Column("url", "string", "Page", "Page", lambda row: f"{row.settings.public_url}/requests/{row.request.ref}"),
    Column("kind", "string", "What is asked", "Ce qui est demandé", _field("kind")),
    Column("title_en", "string", "Title, if written in English", "Titre, s’il est en anglais", _title("en")),
    Column("title_fr", "string", "Title, if written in French", "Titre, s’il est en français", _title("fr")),
    Column("label", "string", "Public label", "Étiquette", _field("label")),
    Column("state", "string", "State", "État", _field("state")),
    Column("outcome", "string", "Outcome", "Issue", _field("outcome")),
    Column("ground", "string", "Ground of a refusal", "Motif d’un refus", lambda row: row.facts.ground),
    Column("received_on", "date", "Received on", "Reçue le",
           lambda row: days.local_day(row.request.received_at, row.settings).isoformat()),
    Column("channel", "string", "How it came", "Voie d’arrivée", _field("channel")),
    Column("themes", "list", "Themes", "Thèmes", _field("themes")),
    Column("area", "string", "Area", "Territoire", _field("area")),
    Column("expected_on", "date", "Last day of the promised period", "Dernier jour de la période promise", _field("expected_on")),
    Column("precision", "string", "Precision of the promise", "Précision de la promesse", _field("precision")),
    Column("has_passed", "boolean", "Promised period over without the data", "Période promise dépassée sans les données",
           _field("has_passed")),
    Column("slips", "integer", "Times that the date moved", "Nombre de reports", _field("slips")),
    Column("first_look_wd", "integer", "Working days to the first look", "Jours ouvrés jusqu’à la première lecture", _first_look),
    Column("informed_on", "date", "Requester last informed on", "Personne prévenue en dernier le", _field("informed_on")),
    Column("dataset", "string", "Dataset and version that settled it", "Jeu de données et version qui y répondent", _dataset),
    *(Column(f"wishes_{verdict}", "integer", f"Wishes: {verdict}", f"Souhaits : {french}", _wishes(verdict))
      for verdict, french in zip(Verdict, ("satisfaits", "en partie", "non satisfaits", "à comparer"), strict=True)),
    Column("version", "integer", "Version of this row", "Version de cette ligne", _field("version")),
)

EVENTS = (
    Column("ref", "string", "Number", "Numéro", _field("ref")),
    Column("on", "date", "Day", "Jour", lambda row: days.local_day(row.line.at, row.settings).isoformat()),
    Column("at", "datetime", "Instant, if it is an act of the city", "Instant, s’il s’agit d’un acte de la ville", _instant),
    Column("event", "string", "Event", "Événement", lambda row: row.line.event),
    Column("by", "string", "By whom", "Par qui", lambda row: row.line.by),
    Column("from", "string", "State before", "État avant", lambda row: row.line.from_state),
    Column("to", "string", "State after", "État après", lambda row: row.line.to_state),
    Column("text_en", "string", "What happened", "Ce qui s’est passé (en anglais)", _sentence("en")),
    Column("text_fr", "string", "What happened (in French)", "Ce qui s’est passé", _sentence("fr")),
    Column("words_en", "string", "The city's own words, in English", "Les mots de la ville, en anglais", _words("en")),
    Column("words_fr", "string", "The city's own words, in French", "Les mots de la ville, en français", _words("fr")),
)


def table_schema() -> dict[str, Any]:
    """Both tables in the words of Frictionless Table Schema, with the titles in both languages."""
    return {"resources": [
        {"name": name, "path": path, "schema": {
            "missingValues": [""], "primaryKey": key, "fields": [
                {"name": column.name, "type": column.type, "title": column.title_en,
                 "titles": {"en": column.title_en, "fr": column.title_fr}, **({"delimiter": "|"} if column.type == "list" else {})}
                for column in columns]}}
        for name, path, key, columns in (("requests", "register.csv", ["ref"], REQUESTS),
                                         ("events", "register/events.csv", [], EVENTS))],
        "notes": "A cell of the CSV files that begins with = + - @ ' or a tab has an apostrophe put before it, so that no "
                 "spreadsheet runs it as a formula; readers take one leading apostrophe away."}
