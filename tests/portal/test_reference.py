"""The addresses that events and problems give out lead somewhere."""

import pytest

from quartier.events import registry


async def test_the_schema_that_an_event_names_is_served(city):
    for type_ in registry():
        served = await city.http.get(f"/schemas/{type_}.json")
        assert served.status_code == 200
        assert served.json()["$id"] == f"{type_}.json"
    assert (await city.http.get("/schemas/org.quartier.unknown.v1.json")).status_code == 404


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_the_type_of_a_problem_leads_to_a_page(city, lang):
    problem = (await city.http.get("/api/requests/v1/requests/R-2026-9999")).json()
    page = await city.http.get(problem["type"], headers={"accept-language": lang}, follow_redirects=True)
    assert page.status_code == 200
    assert problem["type"].rsplit("/", 1)[-1] in page.text
    assert f'lang="{lang}"' in page.text
