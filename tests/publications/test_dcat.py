"""The catalogue as harvesters read it."""

from datetime import date
from typing import Any

import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD

from quartier.contracts.accounts import Role
from quartier.testing.app import City

# rdflib's own JSON-LD parser still uses what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

ROOT = "/api/publications/v1"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
AUTHORITY = "http://publications.europa.eu/resource/authority"
CATALOGUE = URIRef(f"https://city.test{ROOT}/catalogue.jsonld#catalogue")
TREES = URIRef("https://city.test/datasets/trees")


async def read(city: City, path: str) -> Graph:
    answer = await city.http.get(f"{ROOT}/{path}")
    assert answer.headers["content-type"] == "application/ld+json"
    return Graph().parse(data=answer.content, format="json-ld")


async def publish_trees(city: City, dataset: Any, version: Any, *numbers: str) -> None:
    await city.http.post(f"{ROOT}/datasets", json=dataset, headers=city.bearer(Role.OFFICER))
    for number in numbers:
        await city.http.post(f"{ROOT}/datasets/trees/versions", json=version | {"number": number}, headers=city.bearer(Role.OFFICER))
        approval = await city.http.post(f"{ROOT}/datasets/trees/versions/{number}/approval",
                                        headers=city.bearer(Role.APPROVER) | {"if-match": '"1"'})
        assert approval.status_code == 200


async def test_the_catalogue_says_in_dcat_what_is_out(city: City, dataset: Any, version: Any) -> None:
    await publish_trees(city, dataset, version, "1.0.0")
    graph = await read(city, "catalogue.jsonld")
    assert (CATALOGUE, RDF.type, DCAT.Catalog) in graph and (CATALOGUE, DCAT.dataset, TREES) in graph
    assert set(graph.objects(TREES, DCTERMS.title)) == {Literal("Trees", lang="en"), Literal("Les arbres", lang="fr")}
    assert (TREES, DCAT.version, Literal("1.0.0")) in graph
    assert (TREES, DCTERMS.modified, Literal(date(2026, 11, 24))) in graph
    assert (TREES, DCTERMS.accrualPeriodicity, URIRef(f"{AUTHORITY}/frequency/QUARTERLY")) in graph
    [publisher] = graph.objects(TREES, DCTERMS.publisher)
    assert (publisher, FOAF.name, Literal("Parks")) in graph and (publisher, RDF.type, FOAF.Agent) in graph
    [area] = graph.objects(TREES, DCTERMS.spatial)
    assert (area, RDF.type, DCTERMS.Location) in graph
    [period] = graph.objects(TREES, DCTERMS.temporal)
    assert (period, DCAT.startDate, Literal("2019", datatype=XSD.gYear)) in graph


async def test_each_distribution_says_where_it_lies_in_which_format_and_licence(city: City, dataset: Any, version: Any) -> None:
    await publish_trees(city, dataset, version, "1.0.0")
    graph = await read(city, "catalogue.jsonld")
    files = list(graph.objects(TREES, DCAT.distribution))
    assert {str(graph.value(one, DCAT.downloadURL)) for one in files} == {
        "https://data.test/trees.csv", "http://localhost:8000/trees.geojson"}
    assert {str(graph.value(one, DCTERMS.format)) for one in files} == {f"{AUTHORITY}/file-type/CSV", f"{AUTHORITY}/file-type/GEOJSON"}
    assert {str(graph.value(one, DCTERMS.license)) for one in files} == {dataset["licence"]}


async def test_nothing_is_a_blank_node_and_identifiers_are_literals(city: City, dataset: Any, version: Any) -> None:
    coverage = {"period": "2024-03-01/..", "area": "Paris 12e & 13e", "licence": "City licence <1>"}
    await publish_trees(city, dataset, version | {"coverage": coverage}, "1.0.0", "1.1.0")
    for path in ("catalogue.jsonld", "datasets/trees.jsonld"):
        graph = await read(city, path)
        assert not any(isinstance(term, BNode) for triple in graph for term in triple)
        identifiers = list(graph.objects(None, DCTERMS.identifier))
        assert identifiers and all(isinstance(one, Literal) for one in identifiers)
        assert all(any(graph.triples((one, RDF.type, None))) for one in set(graph.subjects()))


async def test_a_dataset_leads_to_all_its_versions(city: City, dataset: Any, version: Any) -> None:
    await publish_trees(city, dataset, version, "1.0.0", "1.1.0")
    graph = await read(city, "datasets/trees.jsonld")
    versions = set(graph.objects(TREES, DCAT.hasVersion))
    assert {str(one) for one in versions} == {f"https://city.test{ROOT}/datasets/trees/versions/{number}" for number in ("1.0.0", "1.1.0")}
    assert all((one, DCAT.isVersionOf, TREES) in graph for one in versions)
    assert {str(note) for one in versions for note in graph.objects(one, ADMS.versionNotes)} == {"First version."}
    assert {str(one) for one in graph.objects(TREES, DCAT.version)} == {"1.1.0"}


async def test_a_dataset_that_was_there_before_has_no_invented_date(city: City) -> None:
    await city.http.post(f"{ROOT}/datasets", headers=city.bearer(Role.OFFICER), json={
        "slug": "trees", "title": {"fr": "Les arbres"}, "registered": True, "version": {"number": "1.0.0"}})
    graph = await read(city, "catalogue.jsonld")
    assert (TREES, DCTERMS.title, Literal("Les arbres", lang="fr")) in graph
    assert not list(graph.objects(TREES, DCTERMS.modified)) and not list(graph.objects(TREES, DCTERMS.issued))


async def test_the_bytes_do_not_depend_on_the_order_of_entry(make_city: Any, dataset: Any, version: Any) -> None:
    others = [{"slug": slug, "title": {"en": slug}, "registered": True, "version": {"number": "1.0.0"}} for slug in ("a", "b", "c")]
    seen = []
    for order in (others, others[::-1]):
        city = await make_city(services=["publications"])
        for body in order:
            await city.http.post(f"{ROOT}/datasets", json=body, headers=city.bearer(Role.OFFICER))
        text = (await city.http.get(f"{ROOT}/catalogue.jsonld")).text
        for body in order:  # ids differ from city to city
            id_ = (await city.http.get(f"{ROOT}/datasets/{body['slug']}")).json()["id"]
            text = text.replace(id_, body["slug"])
        seen.append(text)
    assert seen[0] == seen[1]
