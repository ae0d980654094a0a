"""The probes: alive as long as anything answers, ready as long as messages can be taken, quick whatever hangs."""

import threading
import time

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from itdesk import draining, health
from jobs.models import WorkerBeat

NAMES = {"database", "layer", "worker", "wecom", "assistant"}


@pytest.fixture
def running_worker(transactional_db):
    WorkerBeat.objects.create(pk=1, seen_at=timezone.now())


def replaced(monkeypatch, name, ask):
    probes = [
        health.Probe(probe.name, ask, probe.when_silent) if probe.name == name else probe for probe in health.PARTS
    ]
    monkeypatch.setattr(health, "PARTS", probes)


def ready():
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def test_it_is_alive_without_a_database():
    answer = Client().get("/healthz")  # no db fixture: a query would fail the test
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_it_is_alive_for_a_probe_that_carries_an_old_cookie():
    assert Client(headers={"cookie": "sessionid=gone"}).get("/healthz").status_code == 200


@pytest.mark.usefixtures("running_worker")
def test_it_is_ready_and_names_each_part():
    status, body = ready()
    assert status == 200
    assert set(body) == NAMES | {"status"}
    assert all(set(body[name]) == {"state", "detail"} for name in NAMES)
    assert {name: body[name]["state"] for name in NAMES} == dict.fromkeys(NAMES, "ok") | {"assistant": "off"}
    assert body["status"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_but_says_that_no_worker_runs():
    status, body = ready()
    assert (status, body["status"], body["worker"]["state"]) == (200, "degraded", "degraded")


@pytest.mark.usefixtures("running_worker")
@pytest.mark.parametrize("name", ["layer", "worker", "wecom"])
def test_it_is_ready_without_a_part_that_messages_do_not_need(monkeypatch, name):
    def broken():
        raise RuntimeError("no")

    replaced(monkeypatch, name, broken)
    status, body = ready()
    assert (status, body["status"], body[name]["state"]) == (200, "degraded", "degraded")


@pytest.mark.usefixtures("running_worker")
def test_it_is_not_ready_without_the_database(monkeypatch):
    def broken():
        raise OperationalError("password=hunter2 refused")

    replaced(monkeypatch, "database", broken)
    status, body = ready()
    assert (status, body["status"], body["database"]["state"]) == (503, "unavailable", "down")
    assert body["reason"].startswith("database")
    assert "hunter2" not in str(body)


def test_whoever_asks_at_the_same_moment_gets_a_true_answer():
    """Balancers ask from several hosts; an answer that another one's question took away was a false 503."""
    probe = health.Probe("part", lambda: ("ok", ""))
    found, begin = [], threading.Barrier(8)

    def ask():
        begin.wait()
        found.extend(health.examine([probe])["part"]["state"] for _ in range(200))

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    assert found == ["ok"] * 1600


@pytest.mark.usefixtures("running_worker")
def test_it_is_not_ready_while_draining(monkeypatch):
    monkeypatch.setattr(draining, "_draining", threading.Event())
    assert ready()[0] == 200
    draining.drain()
    status, body = ready()
    assert (status, body["reason"].partition(":")[0]) == (503, "draining")
    assert Client().get("/healthz").status_code == 200


@pytest.mark.usefixtures("running_worker")
@pytest.mark.parametrize(("name", "status"), [("layer", 200), ("wecom", 200), ("database", 503)])
def test_it_answers_in_two_seconds_whatever_hangs(monkeypatch, name, status):
    release = threading.Event()
    replaced(monkeypatch, name, lambda: release.wait(30) and ("ok", ""))
    try:
        started = time.monotonic()
        assert ready()[0] == status
        assert time.monotonic() - started < 2
    finally:
        release.set()


@pytest.mark.usefixtures("running_worker")
def test_it_does_not_pile_up_threads_behind_a_part_that_hangs(monkeypatch):
    release, asked = threading.Event(), []
    monkeypatch.setattr(health, "DEADLINE", 0.05)
    replaced(monkeypatch, "wecom", lambda: asked.append(1) or release.wait(30) and ("ok", ""))
    try:
        for _ in range(5):
            ready()
        assert len(asked) == 1
    finally:
        release.set()


@pytest.mark.usefixtures("running_worker")
def test_it_says_that_redis_is_gone_and_stays_ready(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, body = ready()
    assert (status, body["layer"]["state"]) == (200, "degraded")


@pytest.mark.usefixtures("running_worker")
def test_it_says_that_wecom_is_not_set(settings):
    settings.WECOM_SECRET = ""
    assert ready()[1]["wecom"]["state"] == "off"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_it_is_only_read(db, address):
    assert Client().post(address).status_code == 405
