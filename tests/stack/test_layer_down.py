"""Redis dies: nobody's words wait for it, the probe says so, and pages catch up by `after=`."""

import shutil

import pytest
import redis

from tests.processes import Process, free_port, until

from .conftest import Pair
from .installation import Installation
from .people import Agent, Employee


class OwnRedis:
    """A Redis of this test alone, which may be killed."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = Process(command)
        until(self.answers, 10, "redis")

    def answers(self):
        try:
            with redis.Redis.from_url(self.url) as client:
                return client.ping()
        except redis.ConnectionError:
            return False

    def kill(self):
        self.process.kill()


@pytest.fixture
def own_redis():
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server to start and kill")
    mine = OwnRedis()
    yield mine
    mine.kill()


@pytest.fixture
def office(database, installation, own_redis):
    """A pair of its own on the same database, with a Redis that dies."""
    made = Installation(database.url, own_redis.url)
    made.environment["STATIC_ROOT"] = installation.environment["STATIC_ROOT"]
    yield Pair(made)
    made.end()


def test_sends_go_on_while_redis_is_dead_and_pages_find_them_afterwards(office, own_redis, zhangwei, liyang, stopwatch):
    asked = zhangwei.ask(office.a, "Redis 还在")
    conversation = asked["conversation_id"]
    with liyang.listen(office.b) as ear:
        own_redis.kill()
        for number in range(6):
            since = stopwatch()
            answer = zhangwei.say(office.a, f"没有 Redis {number}", conversation_id=conversation, timeout=10)
            assert answer.status_code == 201
            assert since() < 2
        since = stopwatch()
        assert liyang.answer(office.b, conversation, "收到", timeout=10).status_code == 201
        assert since() < 2
        ready = zhangwei.get(office.a, "/readyz")
        assert (ready.status_code, ready.json()["status"], ready.json()["layer"]["state"]) == (
            200,
            "degraded",
            "degraded",
        )
        missed = liyang.history(office.b, conversation, after=asked["seq"])
        assert [each["content"] for each in missed if each["sender_type"] == "employee"] == [
            f"没有 Redis {number}" for number in range(6)
        ]
        own_redis.start()
        # The open socket hears again by itself, without a reload and without a restart.
        until(lambda: hears(ear, zhangwei.say(office.a, "又有了", conversation_id=conversation).json()), 60, "a frame")
        until(lambda: zhangwei.get(office.a, "/readyz").json()["layer"]["state"] == "ok", 30, "a healthy layer")


def hears(ear, message):
    try:
        return ear.hear("new_message", seconds=1, id=message["id"])
    except TimeoutError:
        return None


def test_the_desk_starts_and_takes_messages_without_a_redis_that_was_promised(database, installation):
    made = Installation(database.url, f"redis://127.0.0.1:{free_port()}/0")
    made.environment["STATIC_ROOT"] = installation.environment["STATIC_ROOT"]
    try:
        server = made.serve(0, "--no-worker")
        assert Employee("lina", server).say(server, "没有 Redis").status_code == 201
        assert Agent("liyang", server).listen(server).heard[0]["type"] == "hello"
    finally:
        made.end()
