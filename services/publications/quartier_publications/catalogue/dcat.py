"""The catalogue for harvesters: DCAT-AP 3 terms as JSON-LD, with a context of its own.

Pure, and the same bytes for the same catalogue. There are no blank nodes: publishers, areas, periods and licences have IRIs too.
`dct:identifier` is a literal even where it looks like an address, as the application profile's shapes demand.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from quartier.contracts.wishes import Coverage
from quartier.settings import Settings
from quartier_publications.catalogue.model import Dataset, Version
from quartier_publications.catalogue.queries import Contents

Node = dict[str, Any]

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#", "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/", "skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
AUTHORITY = "http://publications.europa.eu/resource/authority"
FREQUENCIES = {"realtime": "CONT", "hourly": "HOURLY", "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY",
               "quarterly": "QUARTERLY", "yearly": "ANNUAL", "once": "NEVER"}
"""Our words for how often data are renewed, and the EU's."""
FILE_TYPES = {"CSV", "GEOJSON", "GPKG", "HTML", "JSON", "JSON_LD", "KML", "ODS", "PARQUET", "PDF", "SHP", "TSV", "TXT", "XLSX", "XML",
              "ZIP"}
"""Formats that the EU's list of file types knows by the same name."""


class _Graph:
    """Nodes by their IRI; what is said twice of one node is kept once."""

    def __init__(self, settings: Settings) -> None:
        self.nodes: dict[str, Node] = {}
        self.public_url = settings.public_url
        self.api = f"{settings.public_url}/api/publications/v1"
        self.root = f"{self.api}/catalogue.jsonld"
        self.city = settings.city

    def add(self, iri: str, type_: str, **properties: Any) -> Node:
        """Describe a node, and return the reference to it. Properties without a value are left out."""
        said = {name.replace("_", ":", 1): value for name, value in properties.items() if value not in (None, [], {})}
        self.nodes[iri] = {"@id": iri, "@type": type_, **said}
        return {"@id": iri}

    def concept(self, kind: str, type_: str, name: str, label: str) -> Node:
        """A node for a thing that is known by its name alone: a publisher, an area, a licence."""
        return self.add(f"{self.root}#{kind}-{quote(name, safe='')}", type_, **{label: name})

    def json_ld(self) -> bytes:
        """The graph as JSON-LD, sorted."""
        document = {"@context": CONTEXT, "@graph": [self.nodes[iri] for iri in sorted(self.nodes)]}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def catalogue(datasets: Sequence[Dataset], current: Mapping[UUID, Version], contents: Mapping[UUID, Contents],
              settings: Settings) -> bytes:
    """Every dataset with the version that is out."""
    graph = _Graph(settings)
    members = [_dataset(graph, dataset, [current[dataset.id]], contents) for dataset in datasets if dataset.id in current]
    graph.add(f"{graph.root}#catalogue", "dcat:Catalog", dct_title=[{"@value": graph.city}],
              dct_description=[{"@value": f"What {graph.city} publishes.", "@language": "en"},
                               {"@value": f"Ce que {graph.city} publie.", "@language": "fr"}],
              dct_publisher=graph.concept("agent", "foaf:Agent", graph.city, "foaf_name"),
              dcat_dataset=sorted(members, key=lambda member: str(member["@id"])))
    return graph.json_ld()


def one_dataset(dataset: Dataset, versions: Sequence[Version], contents: Mapping[UUID, Contents], settings: Settings) -> bytes:
    """One dataset with its versions, given from the newest to the oldest."""
    graph = _Graph(settings)
    node = graph.nodes[_dataset(graph, dataset, versions, contents)["@id"]]
    node["dcat:hasVersion"] = [_version(graph, dataset, version, contents[version.id]) for version in versions]
    return graph.json_ld()


def _dataset(graph: _Graph, dataset: Dataset, versions: Sequence[Version], contents: Mapping[UUID, Contents]) -> Node:
    """The dataset as its newest version describes it."""
    newest = versions[0]
    iri = f"{graph.public_url}/datasets/{dataset.slug}"
    released = [version.released_on.isoformat() for version in versions if version.released_on]
    return graph.add(
        iri, "dcat:Dataset", **_described(graph, dataset, newest, iri), dct_identifier=str(dataset.id),
        dcat_version=newest.number, dct_modified=_typed(newest.released_on and newest.released_on.isoformat(), "date"),
        dct_issued=_typed(min(released) if released and len(versions) > 1 else None, "date"),
        dcat_landingPage={"@id": iri},
        dcat_distribution=_distributions(graph, dataset, newest, contents[newest.id]))


def _version(graph: _Graph, dataset: Dataset, version: Version, contents: Contents) -> Node:
    """A version as a dataset of its own, as DCAT 3 has it."""
    iri = _iri(graph, dataset, version)
    return graph.add(
        iri, "dcat:Dataset", **_described(graph, dataset, version, iri), dct_identifier=str(version.id), dcat_version=version.number,
        dcat_isVersionOf={"@id": f"{graph.public_url}/datasets/{dataset.slug}"}, adms_versionNotes=_texts(version.change_note),
        dct_issued=_typed(version.released_on and version.released_on.isoformat(), "date"),
        dcat_distribution=_distributions(graph, dataset, version, contents))


def _described(graph: _Graph, dataset: Dataset, version: Version, iri: str) -> Node:
    """What a dataset and a version say alike. A dataset that was registered without a description repeats its title."""
    covers = Coverage.model_validate(version.coverage)
    frequency = covers.frequency and FREQUENCIES.get(covers.frequency.casefold(), "OTHER")
    return {
        "dct_title": _texts(dataset.title), "dct_description": _texts(dataset.description) or _texts(dataset.title),
        "dct_publisher": graph.concept("agent", "foaf:Agent", dataset.publisher, "foaf_name"),
        "dct_accrualPeriodicity": frequency and graph.add(f"{AUTHORITY}/frequency/{frequency}", "dct:Frequency"),
        "dct_spatial": covers.area and graph.concept("area", "dct:Location", covers.area, "skos_prefLabel"),
        "dct_temporal": _period(graph, covers.period, f"{iri}#period")}


def _distributions(graph: _Graph, dataset: Dataset, version: Version, contents: Contents) -> list[Node]:
    licence = Coverage.model_validate(version.coverage).licence
    return [graph.add(
        f"{_iri(graph, dataset, version)}#distribution-{one.position}", "dcat:Distribution", dcat_accessURL={"@id": one.url},
        dcat_downloadURL={"@id": one.url}, dct_format=_format(graph, one.format), dct_license=_licence(graph, licence))
        for one in contents.distributions]


def _iri(graph: _Graph, dataset: Dataset, version: Version) -> str:
    return f"{graph.api}/datasets/{dataset.slug}/versions/{version.number}"


def _format(graph: _Graph, name: str) -> Node:
    known = name.upper().replace("-", "_")
    if known in FILE_TYPES:
        return graph.add(f"{AUTHORITY}/file-type/{known}", "dct:MediaTypeOrExtent")
    return graph.concept("format", "dct:MediaTypeOrExtent", name, "skos_prefLabel")


def _licence(graph: _Graph, licence: str | None) -> Node | None:
    if licence is None:
        return None
    if licence.startswith(("https://", "http://")) and not set(licence) & set(' <>"{}|\\^`'):
        return graph.add(licence, "dct:LicenseDocument")
    return graph.concept("licence", "dct:LicenseDocument", licence, "dct_title")


def _period(graph: _Graph, period: str | None, iri: str) -> Node | None:
    """An ISO 8601 interval of years, months or dates; other words cannot be said in DCAT."""
    ends = (period or "").split("/")
    types = {4: "gYear", 7: "gYearMonth", 10: "date"}
    if len(ends) != 2 or not all(end in ("", "..") or (len(end) in types and end[:4].isdigit()) for end in ends):
        return None
    start, end = (_typed(end, types[len(end)]) if end not in ("", "..") else None for end in ends)
    return graph.add(iri, "dct:PeriodOfTime", dcat_startDate=start, dcat_endDate=end)


def _texts(texts: Mapping[str, Any]) -> list[Node]:
    return [{"@value": text, "@language": lang} for lang, text in sorted(texts.items()) if text]


def _typed(value: str | None, type_: str) -> Node | None:
    return {"@value": value, "@type": f"xsd:{type_}"} if value else None
