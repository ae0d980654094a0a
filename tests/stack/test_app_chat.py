"""WeCom rings at two processes, one of which is killed, and so is the worker: each word is there once, and in order."""

from types import SimpleNamespace

import pytest
import requests

from itdesk.environment import simulated_callback
from tests.processes import until
from wecom.tests.callbacks import Phone

WORDS = 24
TRIES = 3  # of WeCom's, when nobody answers
STORED = """
SELECT message.content FROM conversations_message message JOIN accounts_user person ON person.id = message.author_id
WHERE person.userid = %s AND message.content LIKE 'chat %%' ORDER BY message.conversation_id, message.seq
"""


@pytest.fixture
def phone(installation):
    token, key = simulated_callback(installation.environment["DJANGO_SECRET_KEY"])
    return Phone(SimpleNamespace(WECOM_CORP_ID="ww-demo", WECOM_CALLBACK_TOKEN=token, WECOM_CALLBACK_AES_KEY=key))


def ring(envelope, *servers):
    """As WeCom does: again when nobody answers. Each copy that is answered is answered with an empty 200."""
    query, body = envelope
    for server in (servers * TRIES)[:TRIES]:
        try:
            answer = requests.post(f"{server.url}/wecom/callback", params=query, data=body.encode(), timeout=5)
        except requests.RequestException:
            continue
        assert (answer.status_code, answer.content) == (200, b"")
        return
    raise AssertionError("WeCom has given up")


def test_kills_in_the_middle_lose_nothing_and_double_nothing(pair, installation, database, zhangwei, lina, phone):
    people = ("zhangwei", "lina")
    first, b = installation.work(), pair.b
    for number in range(WORDS):
        for userid in people:
            envelope = phone.envelope(phone.message(userid, "text", Content=f"chat {number}"))
            ring(envelope, pair.a, b)
            ring(envelope, b, pair.a)
        if number == WORDS // 3:
            until(lambda: database.execute(STORED, "lina"), 20, "the first message")
            first.kill()
        if number == 2 * WORDS // 3:
            b.kill()
    expire(database)
    second = installation.work()
    try:
        until(lambda: settled(database), 60, "the rest of the messages")
    finally:
        second.kill()
    for userid in people:
        assert [each for (each,) in database.execute(STORED, userid)] == [f"chat {number}" for number in range(WORDS)]


def expire(database):
    """Of the killed worker's jobs and entries the minutes have passed that they were its own."""
    database.execute("UPDATE jobs_job SET lease_until = now() WHERE state = 'running' AND lease_until > now()"
                     " AND name = 'receive_from_wecom'")  # fmt: skip
    database.execute("UPDATE wecom_inbound SET claimed_until = NULL WHERE settled_at IS NULL")


def settled(database):
    return not database.execute("SELECT 1 FROM wecom_inbound WHERE settled_at IS NULL")
