"""The image of infra/Dockerfile: it builds, it is complete, and a service comes up in it."""
import re
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest

from quartier.testing.processes import free_port
from tests.infra.image import Image, build, tool

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    chosen = tool()
    build(chosen)
    built = Image(chosen, tmp_path_factory.mktemp("image"))
    yield built
    built.remove()


def test_the_doctor_finds_an_empty_image_unprepared_and_a_prepared_one_whole(image):
    home = {"QUARTIER_FOLDER": "/app/var/doctor"}
    before = image.run("quartier", "doctor", **home)
    assert before.returncode == 1 and "quartier keys create" in before.stderr
    for command in (["keys", "create"], ["migrate"], ["topics", "apply"]):
        done = image.run("quartier", *command, **home)
        assert done.returncode == 0, done.stderr
    after = image.run("quartier", "doctor", **home)
    assert after.returncode == 0, after.stderr
    assert "accounts, notify, portal, publications, requests" in after.stdout


def test_a_service_in_the_image_becomes_ready(image):
    home, port = {"QUARTIER_FOLDER": "/app/var/ready"}, free_port()
    for command in (["keys", "create"], ["migrate"], ["topics", "apply"]):
        assert image.run("quartier", *command, **home).returncode == 0
    process = image.start("quartier", "serve", "requests", "--host", "127.0.0.1", "--port", str(port), **home)
    try:
        assert answer_of(f"http://127.0.0.1:{port}/readyz", process) == 200
    finally:
        process.kill()


def answer_of(url, process):
    while process.is_alive():
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(process.output())


def test_nothing_runs_as_root_and_no_secret_stays_in_the_image(image):
    assert image.run("id", "-un").stdout.strip() == "quartier"
    assert image.run("sh", "-c", "test ! -s /etc/pip.conf && test ! -e /run/secrets/certificates").returncode == 0
    assert image.run("sh", "-c", "ls /app").stdout.split() == ["infra", "requirements.lock", "var", "venv"]


def test_the_image_gets_the_versions_that_are_tested():
    def pins(path):
        return dict(re.findall(r"^([\w.-]+)==([\w.]+)", path.read_text(), re.MULTILINE))

    tested, shipped = pins(ROOT / "requirements.lock"), pins(ROOT / "infra/requirements.lock")
    assert shipped.items() <= tested.items()
    assert not {"pytest", "playwright", "testcontainers"} & set(shipped)
