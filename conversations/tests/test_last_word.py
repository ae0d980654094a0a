"""The guards behind the guards: what still holds when the first one was passed. Each race is lost on purpose."""

import asyncio
import uuid

import pytest
from channels.db import database_sync_to_async
from django.db import IntegrityError, transaction

from conversations import door, hub
from conversations.commands import messages
from conversations.commands.reading import mark_read
from conversations.models import Message
from conversations.queries.watching import numbers_of


def say(author, content="打印机连不上了", **more):
    more.setdefault("client_id", uuid.uuid4())
    return messages.post_message(author=author, content=content, **more)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("doubled", ["client_id", "seq"])
def test_the_database_itself_takes_no_second_of(zhangwei, doubled):
    first = say(zhangwei)
    second = say(zhangwei, "第二句")
    setattr(second, doubled, getattr(first, doubled))
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


@pytest.mark.django_db
def test_who_loses_the_race_for_a_client_id_is_answered_with_the_winners_message(zhangwei, monkeypatch):
    """As two posts that met under different locks: the look came before the other had written."""
    first = say(zhangwei)
    blind, look = [None], messages._earlier
    monkeypatch.setattr(messages, "_earlier", lambda *key: blind.pop() if blind else look(*key))
    late = messages.post_message(author=zhangwei, content="又一次", client_id=first.client_id)
    assert late == (first, False)
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_reading_an_older_line_again_takes_nothing_back(zhangwei):
    conversation = [say(zhangwei, f"第 {n} 句") for n in range(3)][0].conversation
    for seq in (3, 1):
        mark_read(conversation.pk, by=zhangwei, seq=seq, audience="employee")
    assert conversation.read_marks.get().read_seq == 3


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_what_is_committed_while_the_numbers_are_read_is_heard(opened, zhangwei, monkeypatch):
    witness, loop = await opened("/ws/desk/", zhangwei), asyncio.get_running_loop()
    await witness.frame("hello")

    def reads_and_then_somebody_writes(*wanted):
        numbers = numbers_of(*wanted)
        say(zhangwei)
        # The frame has been handed to everybody who had joined by now.
        asyncio.run_coroutine_threadsafe(witness.frame("new_message"), loop).result(5)
        return numbers

    monkeypatch.setattr(door, "numbers_of", reads_and_then_somebody_writes)
    page = await opened("/ws/desk/", zhangwei)
    assert (await page.frame())["conversations"] == []
    assert (await page.frame("new_message"))["seq"] == 1


@pytest.fixture
def beating(monkeypatch):
    """A hub that is made from now on beats ten times a second."""
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.1)


@pytest.fixture
def watchful(monkeypatch):
    """A hub that is made from now on looks at rights ten times a second."""
    monkeypatch.setattr(hub, "RECHECK_SECONDS", 0.1)


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_the_beat_comes_by_itself(beating, opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    for _ in range(3):
        assert (await page.frame("beat"))["conversations"] == []


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_a_session_that_ended_unheard_ends_its_pages_by_itself(watchful, opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await database_sync_to_async(page.client.session.flush)()
    assert await page.closed() == 4401
