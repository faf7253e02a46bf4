"""The catalogue as pages."""

import asyncio
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from quartier import i18n
from quartier.auth import public
from quartier_portal.visit import Visit, Visiting

router = APIRouter()
WHY = "what is published is public"
LISTED = ("columns", "formats")
COVERED = ("area", "period", "spatial_unit", "frequency", "resolution", "licence")


@router.get("/{lang}/datasets", response_class=HTMLResponse, **public(WHY))
async def show_datasets(visit: Visiting, cursor: Annotated[str | None, Query(max_length=500)] = None) -> HTMLResponse:
    """Every dataset of the city, and those that are promised."""
    found, awaited = await asyncio.gather(
        visit.get("publications", "/datasets", params={"cursor": cursor} if cursor else {}), visit.get("publications", "/awaited"))
    more = found["next"] and "/datasets?" + urlencode({"cursor": found["next"]})
    return visit.page("datasets/list.html", visit.t("datasets-title"), datasets=[_line(visit, one) for one in found["items"]],
                      awaited=awaited["items"], more=more)


@router.get("/{lang}/datasets/{slug}", response_class=HTMLResponse, **public(WHY))
async def show_dataset(visit: Visiting, slug: str) -> HTMLResponse:
    """One dataset: where it can be fetched, what it covers, what changed, whom it answered."""
    dataset = await visit.get("publications", f"/datasets/{slug}")
    title = best(visit, dataset["title"])
    coverage = (dataset["current"] or {}).get("coverage") or {}
    facts = [{"name": visit.t(f"property-{name}"), "value": coverage[name]} for name in COVERED if coverage.get(name)]
    facts += [{"name": visit.t(f"dataset-{name}"), "value": ", ".join(coverage[name])} for name in LISTED if coverage.get(name)]
    versions = [_version(visit, one) for one in dataset["versions"] if one["state"] == "published"]
    return visit.page("datasets/dataset.html", title["text"], dataset=dataset, heading=title, versions=versions, coverage=facts,
                      description=best(visit, dataset["description"]))


def best(visit: Visit, texts: dict[str, str | None]) -> dict[str, str]:
    """A text in this page's language if it can, else in the other one, with the language it is in."""
    other = next(one for one in i18n.LANGUAGES if one != visit.lang)
    lang = visit.lang if texts[visit.lang] else other
    return {"text": texts[lang] or "", "lang": lang}


def _line(visit: Visit, dataset: dict[str, Any]) -> dict[str, Any]:
    title, current = best(visit, dataset["title"]), dataset["current"]
    return {"ref": dataset["slug"], "title": title["text"], "language": title["lang"], "href": f"/{visit.lang}/datasets/{dataset['slug']}",
            "label": visit.t("dataset-published") if current else visit.t("dataset-draft"), "tone": "ok" if current else "work",
            "line": visit.t("dataset-version", number=current["number"]) if current else ""}


def _version(visit: Visit, version: dict[str, Any]) -> dict[str, Any]:
    day = version["released_on"] or (version["released_at"] or "")[:10]
    return {"number": version["number"], "day": day, "note": best(visit, version["change_note"]), "refs": version["refs"],
            "distributions": version["distributions"]}
