"""docker-compose.yml, the Caddyfile and the collector's settings say the same things, and the reader refuses what it does not know."""
import re
from pathlib import Path

import pytest
import yaml

from tests.infra import distributed
from tests.infra.compose import NotUnderstood, in_order, located, read
from tests.infra.proxy import read_routes

ROOT = Path(__file__).parents[2]
SERVICES = {"accounts", "notify", "portal", "publications", "requests"}


@pytest.fixture
def containers():
    return read(ROOT / "docker-compose.yml", distributed.secrets())


def written(tmp_path, change):
    """The file with one change, where its bind mounts are found."""
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    change(document)
    (tmp_path / "infra").symlink_to(ROOT / "infra")
    path = tmp_path / "docker-compose.yml"
    path.write_text(yaml.safe_dump(document))
    return path


def test_each_service_is_a_container_of_its_own_with_its_own_database_role(containers):
    ours = {name: container for name, container in containers.items() if container.is_ours and container.ports}
    assert set(ours) == SERVICES
    for name, container in ours.items():
        assert container.command[:3] == ["quartier", "serve", name]
        assert re.match(rf"postgresql\+asyncpg://{name}:\w{{48}}@postgres:5432/", container.environment["QUARTIER_DATABASE_URL"])
        assert [mount.subpath for mount in container.mounts] == [name]
    assert len({container.environment["QUARTIER_DATABASE_URL"] for container in ours.values()}) == len(ours)


def test_nothing_starts_before_what_it_needs(containers):
    order = [container.name for container in in_order(containers)]
    assert order.index("kafka") < order.index("prepare") > order.index("postgres")
    assert all(order.index("prepare") < order.index(name) < order.index("proxy") for name in SERVICES)


def test_without_its_secrets_the_file_cannot_be_read():
    with pytest.raises(NotUnderstood, match="run infra/secrets first"):
        read(ROOT / "docker-compose.yml", {})


@pytest.mark.parametrize("change", [
    lambda file: file["services"]["requests"].update(privileged=True),
    lambda file: file["services"]["kafka"].update(network_mode="host"),
    lambda file: file.update(configs={}),
    lambda file: file["services"]["requests"].update(command="quartier serve requests"),
    lambda file: file["services"]["requests"]["environment"].update(QUARTIER_PORT=8000),
    lambda file: file["services"]["requests"]["depends_on"].update(cache={"condition": "service_started"}),
    lambda file: file["services"]["prepare"]["depends_on"].update(otel={"condition": "service_healthy"}),
    lambda file: file["services"]["requests"]["healthcheck"].update(test=["CMD-SHELL", "true"]),
    lambda file: file["services"]["requests"]["volumes"].append({"type": "volume", "source": "nowhere", "target": "/x"}),
    lambda file: file["services"]["otel"]["volumes"].append({"type": "bind", "source": "./infra/nowhere", "target": "/x"}),
    lambda file: file["services"]["proxy"].update(ports=["8000:80/udp"]),
    lambda file: file["services"]["requests"]["environment"].update(QUARTIER_CITY="${CITY-Quartier}"),
], ids=["privileged", "network_mode", "configs", "command", "number", "unknown", "no-health", "shell", "volume", "bind", "udp", "variable"])
def test_what_the_reader_does_not_understand_is_an_error(tmp_path, change):
    path = written(tmp_path, change)
    with pytest.raises(NotUnderstood):
        read(path, distributed.secrets())


def test_two_containers_that_wait_for_one_another_are_an_error(tmp_path):
    path = written(tmp_path, lambda file: file["services"]["kafka"].update(depends_on={"prepare": {"condition": "service_started"}}))
    with pytest.raises(NotUnderstood, match="wait for one another"):
        in_order(read(path, distributed.secrets()))


def test_an_address_that_the_file_does_not_offer_is_an_error():
    assert located("http://mail:1025/x", {("mail", 1025): "127.0.0.1:40000"}) == "http://127.0.0.1:40000/x"
    with pytest.raises(NotUnderstood, match="no address"):
        located("redis:6379", {("mail", 1025): "127.0.0.1:40000"})


def test_the_proxy_leads_to_every_service_and_by_default_to_the_portal(containers):
    addresses = {(name, 8000): f"{name}.test:8000" for name in SERVICES}
    table = read_routes(ROOT / "infra/caddy/Caddyfile", addresses).table
    assert table[-1] == ("/", "portal.test:8000")
    assert dict(table[:-1]) == {f"/api/{name}/": f"{name}.test:8000" for name in SERVICES - {"portal"}}


def test_every_setting_in_the_file_is_a_setting_that_exists(containers):
    documented = set(re.findall(r"`(QUARTIER_\w+)`", (ROOT / "docs/reference/settings.md").read_text()))
    used = {name for container in containers.values() for name in container.environment if name.startswith("QUARTIER_")}
    assert used <= documented


def test_spans_find_their_way_from_the_services_through_the_collector_to_jaeger(containers):
    settings = yaml.safe_load((ROOT / "infra/otel/collector.yaml").read_text())
    port = settings["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rsplit(":", 1)[1]
    assert containers["requests"].environment["QUARTIER_OTLP"] == f"http://otel:{port}"
    host, port = settings["exporters"]["otlp"]["endpoint"].split(":")
    assert int(port) in containers[host].ports


def test_the_ports_of_the_file_stand_in_the_table_of_the_operators(containers):
    table = (ROOT / "infra/README.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (.+?) \|", table, re.MULTILINE)
    documented = {(name, int(port)): outside for name, port, outside in rows}
    offered = {}
    for name, container in containers.items():
        published = {inside: outside for outside, inside in container.published.items()}
        for port in container.ports:
            offered[name, port] = str(published.get(port, "—"))
    assert {place: documented.get(place, "not in the table") for place in offered} == offered
