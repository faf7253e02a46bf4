"""Sample content for the gallery: every component in every state, in both languages.

The gallery is how the city's web team sees what a new brand pack does, and what the accessibility gate visits.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Say = Callable[[str, str], str]
# No-break spaces that French wants, written "~" and "|" below.
NB, THIN = "\u00a0", "\u202f"


def sample(lang: str) -> dict[str, Any]:
    """All that `gallery.html` shows, in one language."""

    def say(en: str, fr: str) -> str:
        return fr.replace("~", NB).replace("|", THIN) if lang == "fr" else en

    return {**_fields(say), **_status(say), **_lists(say, lang), **_figures(say), **_panels(say, lang), **_operations(say)}


def _fields(say: Say) -> dict[str, Any]:
    """Answers and errors of a form half filled in."""
    return {
        "kinds": [
            {"value": "new", "text": say("Data that the city does not publish yet",
                                         "Des données que la ville ne publie pas encore")},
            {"value": "extend", "text": say("More of something it publishes", "Davantage d’un jeu déjà publié"),
             "hint": say("More years, more areas or more columns.", "Plus d’années, plus de quartiers ou plus de colonnes.")},
            {"value": "fix", "text": say("A mistake in published data", "Une erreur dans des données publiées")},
        ],
        "areas": [("", say("The whole city", "Toute la ville")), ("easton", "Easton"), ("lawrence-hill", "Lawrence Hill")],
        "errors": [("wrong-title", say("Say in a few words which data you need",
                                       "Dites en quelques mots de quelles données il s’agit")),
                   ("wrong-email", say("Write an address such as name@example.org", "Écrivez une adresse comme nom@example.org")),
                   ("wrong-kind", say("Choose what fits best", "Choisissez ce qui convient le mieux")),
                   ("wrong-date", say("Write a date that is not over, such as 31 12 2027",
                                      "Écrivez une date à venir, par exemple 31 12 2027"))],
    }


def _status(say: Say) -> dict[str, Any]:
    """Sentences for each way a request can stand, and the story of one."""
    return {
        "sentences": [
            ("work", say("The parks team is checking whether this data exists. They must answer by Friday 14 March 2027.",
                         "Le service des parcs vérifie si ces données existent. Réponse attendue au plus tard le 14~mars 2027."),
             say("Twenty working days from the first look, without holidays.",
                 "Vingt jours ouvrés après la première lecture, jours fériés exclus.")),
            ("ok", say("The city published this data on 2 June 2027.", "La ville a publié ces données le 2~juin 2027."), None),
            ("warn", say("The city promised this data by 31 May 2027. That day has passed.",
                         "La ville avait promis ces données pour le 31~mai 2027. Ce jour est passé."), None),
            ("stop", say("The city cannot publish this data. You can appeal until 3 July 2027.",
                         "La ville ne peut pas publier ces données. Un recours est possible jusqu’au 3~juillet 2027."), None),
            ("rest", say("The person who asked withdrew this request.", "La personne qui l’a faite a retiré cette demande."), None),
        ],
        "labels": [(say("Received", "Reçue"), "new"), (say("Being researched", "À l’étude"), "work"),
                   (say("Date promised", "Date promise"), "work"),
                   (say("Date passed", "Date dépassée"), "warn"), (say("Published", "Publiée"), "ok"),
                   (say("Refused", "Refusée"), "stop"),
                   (say("Withdrawn", "Retirée"), "rest")],
        "story": [
            {"at": datetime(2027, 6, 2, 9, 30, tzinfo=UTC), "what": say("The data was published", "Les données ont été publiées"),
             "told_at": None},
            {"at": datetime(2027, 4, 12, 14, 5, tzinfo=UTC), "what": say("A date was promised", "Une date a été promise"),
             "more": say("The city will publish the data by 31 May 2027.", "La ville publiera les données avant le 31~mai 2027."),
             "told_at": datetime(2027, 4, 12, 14, 6, tzinfo=UTC)},
            {"at": datetime(2027, 3, 1, 8, 0, tzinfo=UTC), "what": say("An officer read the request", "Un agent a lu la demande")},
            {"at": datetime(2027, 2, 26, 19, 42, tzinfo=UTC), "what": say("The request was received", "La demande a été reçue"),
             "told_at": datetime(2027, 2, 26, 19, 42, tzinfo=UTC)},
        ],
    }


def _lists(say: Say, lang: str) -> dict[str, Any]:
    """The register, the desk's queues, tables of few and of many columns."""
    trees, canteens = say("Trees in parks", "Arbres des parcs"), say("School canteen menus", "Menus des cantines scolaires")
    return {
        "doors": [
            {"title": say("Ask for data", "Demander des données"), "href": "#fields",
             "more": say("Five short questions, no account.", "Cinq questions courtes, sans compte.")},
            {"title": say("See what became of a request", "Voir ce qu’une demande est devenue"), "href": "#lists",
             "more": say("Each request, its dates and its answer.", "Chaque demande, ses dates et sa réponse.")},
        ],
        "results": [
            {"ref": "R-2027-0042", "title": trees, "href": "#lists", "language": lang,
             "label": say("Being researched", "À l’étude"), "tone": "work",
             "line": say("Answer due on 14 March 2027", "Réponse attendue le 14~mars 2027")},
            {"ref": "R-2027-0041", "title": "Stationnement <vélos> & trottinettes", "href": "#lists", "language": "fr",
             "label": say("Published", "Publiée"), "tone": "ok", "line": say("Published on 2 June 2027", "Publiée le 2~juin 2027")},
        ],
        "tasks": [
            {"verb": say("Read", "Lire"), "object": canteens, "href": "#lists",
             "why": say("New, waiting for its first look", "Nouvelle, attend une première lecture"),
             "due": datetime(2027, 3, 5, tzinfo=UTC), "is_late": False},
            {"verb": say("Decide on a refusal", "Décider d’un refus"), "object": trees, "href": "#lists",
             "why": say("An officer proposes to refuse it", "Un agent propose de la refuser"),
             "due": datetime(2027, 3, 2, tzinfo=UTC), "is_late": True},
            {"verb": say("Tell the person who asked", "Prévenir la personne qui demande"),
             "object": say("Street lights", "Éclairage public"), "href": "#lists",
             "why": say("The mail came back", "Le courriel est revenu"), "due": None, "is_late": False},
        ],
        "answers": [
            {"name": say("Which data", "Quelles données"), "value": trees, "change_href": "#fields"},
            {"name": say("Why", "Pourquoi"), "value": say("To plan shade on the way to school.\nWe walk there each day.",
                                                          "Pour trouver de l’ombre sur le chemin de l’école.\nNous y passons chaque jour."),
             "change_href": "#fields"},
            {"name": say("Answered by", "Répondu par"), "value": say("Parks team", "Service des parcs"), "href": "#lists"},
        ],
        "columns": [{"label": say("Quarter", "Trimestre")}, {"label": say("Requests", "Demandes"), "is_number": True},
                    {"label": say("Settled", "Closes"), "is_number": True}],
        "rows": [[{"text": "2027-Q1", "href": "#lists"}, "16", "9"], ["2026-Q4", "10", "10"]],
        "wide_columns": [{"label": say("Group", "Groupe")}, {"label": say("Topic", "Sujet")},
                         {"label": say("Behind", "Retard"), "is_number": True},
                         {"label": say("Parked keys", "Clés en attente"), "is_number": True},
                         {"label": say("Oldest", "Plus ancien")}, {"label": say("Last error", "Dernière erreur")}],
        "wide_rows": [["notify", "quartier.requests", "0", "1", say("3 minutes", "3 minutes"), "ConnectionRefusedError"],
                      ["publications", "quartier.requests", "12", "0", "–", "–"]],
        "wishes": [
            {"property": say("Area", "Zone"), "wanted": say("All parks", "Tous les parcs"),
             "given": say("All parks", "Tous les parcs"), "verdict": "met"},
            {"property": say("Period", "Période"), "wanted": "2019–2027", "given": "2023–2027", "verdict": "partly"},
            {"property": say("Format", "Format"), "wanted": "GeoJSON", "given": "PDF", "verdict": "not"},
            {"property": say("Other", "Autre"), "wanted": say("Height of each tree", "Hauteur de chaque arbre"), "given": None,
             "verdict": "unknown"},
        ],
    }


def _figures(say: Say) -> dict[str, Any]:
    """The dashboard's numbers and one figure."""
    return {
        "numbers": [(say("open requests", "demandes ouvertes"), "12"),
                    (say("published this quarter", "publiées ce trimestre"), "3"),
                    (say("median days to a first look", "jours avant la première lecture (médiane)"), say("2.5", "2,5")),
                    (say("dates passed", "dates dépassées"), "1")],
        "bars": [{"label": say("Received", "Reçues"), "value": 4}, {"label": say("Being researched", "À l’étude"), "value": 7},
                 {"label": say("Date promised", "Date promise"), "value": 1}, {"label": say("Published", "Publiées"), "value": 23},
                 {"label": say("Answered", "Répondues"), "value": 0}],
        "figure_title": say("Requests by state", "Demandes par état"),
        "figure_said": say("Most requests are published (23 of 35). One has a promised date.",
                           "La plupart des demandes sont publiées (23 sur 35). Une date est promise."),
        "figure_columns": [say("State", "État"), say("Requests", "Demandes")],
        "figure_source": say("35 requests, 1 January to 2 June 2027.", "35~demandes, du 1er~janvier au 2~juin 2027."),
    }


def _panels(say: Say, lang: str) -> dict[str, Any]:
    """Receipts and mails."""
    return {
        "kept": [{"name": say("We keep", "Nous gardons"), "value": say("your address, until 90 days after the end",
                                                                       "votre adresse, jusqu’à 90~jours après la fin")},
                 {"name": say("Next date", "Prochaine date"), "value": say("Monday 5 March 2027", "lundi 5~mars 2027")}],
        "mail": {"subject": say("Your request R-2027-0042: a date is promised",
                                "Votre demande R-2027-0042~: une date est promise"), "language": lang,
                 "sender": "data@city.example", "recipient": "amina@example.org", "at": datetime(2027, 4, 12, 14, 6, tzinfo=UTC),
                 "text": say("The city will publish this data by 31 May 2027.\n\nRead the request: https://data.city.example/en/requests/R-2027-0042\n",
                             "La ville publiera ces données avant le 31~mai 2027.\n\nVoir la demande~: https://data.city.example/fr/requests/R-2027-0042\n")},
    }


def _operations(say: Say) -> dict[str, Any]:
    """One journey through the services."""
    spans = [("POST /en/requests/new", "portal", 0, 62, 0, False), ("submit_request", "requests", 8, 41, 1, False),
             ("outbox", "requests", 44, 3, 2, False),
             ("request.submitted", "notify", 71, 12, 3, False), ("resolve_person", "accounts", 96, 9, 4, False),
             ("SMTP", "notify", 108, 184, 4, True),
             ("request.submitted", "publications", 73, 6, 3, False)]
    names = ("name", "service", "start_ms", "duration_ms", "depth", "is_error")
    return {"spans": [dict(zip(names, span, strict=True)) for span in spans],
            "services": ["portal", "requests", "notify", "accounts", "publications"]}
