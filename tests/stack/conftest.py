"""Real processes on PostgreSQL and Redis, two servers and a worker, and the embedded profile of one process."""

import os
import time
from pathlib import Path

import psycopg
import pytest
import redis

from .installation import Installation, OwnDatabase, postgres_address, redis_address
from .people import Agent, Employee


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def real_parts():
    """Skips where PostgreSQL or Redis cannot be reached; in CI that is a failure."""
    try:
        psycopg.connect(postgres_address(), connect_timeout=5).close()
        redis.Redis.from_url(redis_address(), socket_connect_timeout=5, socket_timeout=5).ping()
    except (psycopg.Error, redis.RedisError) as error:
        reason = f"no PostgreSQL or no Redis: {error}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="session")
def database(real_parts):
    with OwnDatabase() as own:
        yield own


@pytest.fixture(scope="session")
def installation(database):
    """The production shape: PostgreSQL, Redis; `pair` and `worker` are its processes."""
    made = Installation(database.url, redis_address())
    made.prepare()
    yield made
    made.end()


class Pair:
    """Two web processes. `a` and `b` are started again when a test ended them."""

    def __init__(self, installation):
        self.installation, self._web = installation, [None, None]

    a = property(lambda self: self.web(0))
    b = property(lambda self: self.web(1))

    def web(self, number):
        if self._web[number] is None or not self._web[number].running:
            self._web[number] = self.installation.serve(number, "--no-worker")
        return self._web[number]


@pytest.fixture(scope="session")
def _pair(installation):
    return Pair(installation)


@pytest.fixture
def pair(_pair):
    assert _pair.a.running
    assert _pair.b.running
    return _pair


@pytest.fixture
def worker(installation, pair):
    process = installation.work()
    yield process
    process.kill()


@pytest.fixture(scope="session")
def _embedded():
    made = Installation("", "")
    made.prepare()
    yield made
    made.end()


@pytest.fixture
def embedded(_embedded):
    """The embedded profile: `serve` alone on SQLite. `embedded.a` is the process, `embedded.installation` the rest."""
    server = _embedded.serve()

    class One:
        installation, a, b = _embedded, server, server

    yield One
    server.kill()


@pytest.fixture(params=["pair", "embedded"])
def profile(request):
    """Each profile in turn: two processes on PostgreSQL and Redis, one process on SQLite."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def stopwatch():
    """Seconds since the test asked for it: `since = stopwatch(); …; since() < 5`."""

    def start():
        begun = time.monotonic()
        return lambda: time.monotonic() - begun

    return start


@pytest.fixture
def office(request):
    """Where this test's people work: the profile it names, else the two processes."""
    return request.getfixturevalue("profile" if "profile" in request.fixturenames else "pair")


@pytest.fixture
def zhangwei(office):
    return Employee("zhangwei", office.a)


@pytest.fixture
def lina(office):
    return Employee("lina", office.a)


@pytest.fixture
def wangqiang(office):
    return Agent("wangqiang", office.a)


@pytest.fixture
def liyang(office):
    return Agent("liyang", office.b)
