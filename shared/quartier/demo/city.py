"""The few requests that fill an empty city, so that whoever starts one sees it alive."""

import asyncio
from datetime import timedelta
from typing import Any

from quartier import clock
from quartier.contracts.accounts import Role
from quartier.demo.player import Player

STAFF = (Role.OFFICER, Role.APPROVER, Role.OPERATOR)
DOMAIN = "example.org"


async def is_empty(player: Player) -> bool:
    """Whether nobody has asked for anything yet."""
    figures = (await player.call("GET", "/api/requests/v1/register/figures")).json()
    return not figures["public"] and not figures["hidden"]


async def fill(player: Player) -> None:
    """Seven requests in seven states, in English and French."""
    trees, canteens, air, racks, owners, pools, works = await asyncio.gather(*(_ask(player, *asked) for asked in ASKED))
    for request in (trees, canteens, air, racks, owners, pools):
        await player.act(request, "triage.started", visibility="public")
    await player.act(canteens, "request.answered", outcome="not_a_data_request", links=["https://www.city.example/cantines"], answer={
        "fr": "Les menus sont affichés par chaque école ; la page des cantines les rassemble.",
        "en": "Each school shows its menus; the page of the canteens gathers them."})
    for request in (trees, air, racks, owners):
        await player.act(request, "request.taken_up", motive=WORKED_ON)
    await player.act(air, "publication.scheduled", date=_in_months(2), precision="month")
    await player.act(air, "publication.rescheduled", date=_in_months(4), precision="month", why={
        "en": "Two sensors had to be replaced.", "fr": "Deux capteurs ont dû être remplacés."})
    await player.act(owners, "request.refused", by=Role.APPROVER, outcome="refused", ground="personal_data", article="GDPR, article 6",
                     motive={"en": "The list names private persons.", "fr": "La liste nomme des personnes privées."},
                     redress={"en": "You may complain to the data-protection authority.", "fr": "Adressez-vous à la CNIL."},
                     appeal_by=(clock.now() + timedelta(days=60)).date().isoformat())
    await player.call("POST", "/api/publications/v1/datasets", Role.OFFICER, json={
        "slug": "trees", "title": {"en": "Trees", "fr": "Les arbres"}, "licence": "https://creativecommons.org/licenses/by/4.0/",
        "frequency": "quarterly", "description": {"en": "Every tree in streets and parks.", "fr": "Chaque arbre des rues et des parcs."}})
    await player.publish("trees", "1.0.0", {"en": "The first version.", "fr": "La première version."}, {
        "area": "the whole city", "frequency": "quarterly", "columns": ["species", "height", "planting date"], "formats": ["CSV"]}, [trees])
    await player.settle("publications", "requests", "portal")


async def _ask(player: Player, name: str, lang: str, title: str, body: str, more: dict[str, Any]) -> str:
    return await player.ask(f"{name}@{DOMAIN}", lang, title, body, **more)


def _in_months(count: int) -> str:
    month = clock.now().year * 12 + clock.now().month - 1 + count
    return f"{month // 12}-{month % 12 + 1:02}"


WORKED_ON = {"en": "A team of the city has it and is looking into it.", "fr": "Un service de la ville s’en occupe."}
ASKED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("ada", "en", "Trees in streets and parks", "Every tree with its species, height and place, so that we can find shade.", {
        "question": "Which streets get too hot in summer?", "reuse": "A map of cool walks for elderly people.", "wishes": [
            {"property": "column", "wanted": "height", "weight": "must"}, {"property": "frequency", "wanted": "monthly", "weight": "nice"},
            {"property": "format", "wanted": "GeoJSON", "weight": "nice"}]}),
    ("basile", "fr", "Menus des cantines scolaires", "Les menus de chaque école, chaque semaine, pour prévenir les allergies.", {}),
    ("chidi", "en", "Air quality at school gates", "Hourly values of particles, for the schools beside the ring road.", {
        "area": "North and East", "period": "2024/..", "wishes": [{"property": "frequency", "wanted": "hourly", "weight": "must"}]}),
    ("delphine", "fr", "Places de stationnement pour vélos", "Où sont les arceaux, combien de places, et depuis quand ?", {
        "kind": "extend"}),
    ("elif", "en", "Owners of empty shops", "Who owns each shop that has been empty for more than a year.", {}),
    ("farid", "fr", "Fréquentation des piscines", "Le nombre d’entrées par jour et par piscine.", {
        "question": "Quand y a-t-il de la place ?"}),
    ("grace", "en", "Road works", "Which lanes are closed, from when until when.", {
        "kind": "fix", "how_today": "I read the notices on lamp posts."}),
]
