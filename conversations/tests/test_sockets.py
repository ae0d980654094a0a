"""What a page hears, through the real consumers, hub and layer."""

import asyncio
import contextlib
import json
import uuid

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import OperationalError

from accounts import roles
from conversations import broadcast, hub
from conversations.commands import lifecycle, messages

from .pages import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@database_sync_to_async
def say(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0]


@database_sync_to_async
def answer(author, message, content="我看一下", **more):
    conversation_id = message.conversation_id
    return messages.post_reply(
        author=author, conversation_id=conversation_id, content=content, client_id=uuid.uuid4(), **more
    )[0]


async def test_hello_is_first_and_tells_the_newest_numbers(opened, zhangwei):
    message = await say(zhangwei)
    hello = await (await opened("/ws/desk/", zhangwei)).frame()
    assert (hello["type"], hello["user_id"], hello["build"]) == ("hello", zhangwei.pk, settings.BUILD_ID)
    assert hello["conversations"] == [{"conversation_id": str(message.conversation_id), "seq": 1, "version": 1}]


async def test_an_agent_hears_a_new_message_and_the_changed_row(opened, zhangwei, wangqiang):
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    message = await say(zhangwei, "<b>VPN</b> 断线")
    heard = await page.frame()
    assert (heard["type"], heard["id"], heard["seq"], heard["prev_seq"]) == ("new_message", str(message.id), 1, 0)
    assert "&lt;b&gt;VPN&lt;/b&gt;" in heard["html"]
    row = await page.frame()
    assert (row["type"], row["version"], row["status"]) == ("conversation_updated", 1, "queued")


async def test_the_employee_hears_the_answer_but_never_the_note(opened, zhangwei, wangqiang):
    first = await say(zhangwei)
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await answer(wangqiang, first, "他的机器有问题", internal=True)
    reply = await answer(wangqiang, first)
    heard = []
    while not heard or heard[-1]["id"] != str(reply.id):
        heard.append(await page.frame("new_message"))
    # Everything up to the answer has arrived, in order: the note is not among it, only its number is skipped.
    assert [(each["sender_type"], each["prev_seq"], each["seq"]) for each in heard if each["seq"] > 1] == [
        ("system", 1, 3),
        ("agent", 3, 4),
    ]


async def test_agents_hear_a_note(opened, zhangwei, wangqiang, liyang):
    first = await say(zhangwei)
    page = await opened("/ws/agent/", liyang)
    await page.frame("hello")
    note = await answer(wangqiang, first, "他的机器有问题", internal=True)
    heard = await page.frame("new_message")
    if heard["seq"] < note.seq:  # said before this page came, and still on its way through Redis then
        heard = await page.frame("new_message")
    assert heard["id"] == str(note.id)


async def test_an_agent_hears_of_their_own_request_as_its_employee_only(opened, wangqiang, liyang):
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    own = await say(wangqiang, "我的电脑蓝屏")
    await answer(liyang, own, "又是他", internal=True)
    await page.send(type="nonsense")
    await hub.running().beat_once()  # comes behind everything that was said before
    assert {(await page.frame())["type"] for _ in range(2)} == {"error", "beat"}


async def test_what_one_commit_says_goes_to_all_pages_of_a_topic_as_one(opened, zhangwei):
    class Listener:
        user_id, language, audience, heard = 0, "zh-hans", "agents", None

        def take(self, bundle):
            self.heard = (self.heard or []) + [bundle]

    here, there, arrived = Listener(), Listener(), asyncio.Event()
    there.take = lambda bundle: (Listener.take(there, bundle), arrived.set())
    for each in (here, there):
        hub.running().join(each, broadcast.INBOX_TOPIC)
    await say(zhangwei)
    await asyncio.wait_for(arrived.wait(), 3)
    try:
        assert [json.loads(text)["type"] for text in there.heard[0].texts] == ["new_message", "conversation_updated"]
        assert len(there.heard) == 1
        assert here.heard == there.heard  # the very same object: what a server makes of it is made once
    finally:
        for each in (here, there):
            hub.running().leave(each)


async def test_a_stranger_hears_nothing(opened, zhangwei, lina, wangqiang):
    page = await opened("/ws/desk/", lina)
    assert (await page.frame())["conversations"] == []
    first = await say(zhangwei)
    await answer(wangqiang, first)
    kinds = []
    while not await page.silent():
        kinds.append((await page.frame())["type"])
    assert set(kinds) <= {"queue_moved"}


async def test_a_page_hears_its_own_language(opened, zhangwei, wangqiang):
    first = await say(zhangwei)
    page = await opened("/ws/desk/", zhangwei, accept_language="en")
    await page.frame("hello")
    await database_sync_to_async(lifecycle.claim)(first.conversation_id, by=wangqiang)
    assert "已接待" not in (await page.frame("new_message"))["html"]


async def test_nobody_is_told_so_by_a_code(opened):
    page = await opened("/ws/desk/", None)
    assert await page.closed() == 4401


async def test_an_employee_has_no_place_in_the_agents_feed(opened, zhangwei):
    page = await opened("/ws/agent/", zhangwei)
    assert await page.closed() == 4403


async def test_a_role_that_is_taken_away_closes_the_socket(opened, wangqiang):
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    await database_sync_to_async(roles.revoke)(wangqiang, "agent", channel="command")
    assert await page.closed() == 4403


async def test_a_role_taken_away_unheard_closes_the_socket_at_the_next_look(opened, wangqiang, monkeypatch):
    monkeypatch.setattr(hub.broadcast, "announce_rights", lambda user_id, **facts: None)
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    await database_sync_to_async(roles.revoke)(wangqiang, "agent", channel="command")
    await hub.running()._look_again([*hub.running()._sockets])
    assert await page.closed() == 4403


async def test_logout_closes_this_sessions_sockets_and_no_other(opened, zhangwei):
    here, there = await opened("/ws/desk/", zhangwei), await opened("/ws/desk/", zhangwei)
    await here.frame("hello")
    await there.frame("hello")
    await database_sync_to_async(here.client.post)("/itportal/logout")
    assert await here.closed() == 4401
    assert await there.silent()


async def test_watching_a_strangers_conversation_ends_the_socket(opened, zhangwei, lina):
    message = await say(zhangwei)
    page = await opened("/ws/desk/", lina)
    await page.frame("hello")
    await page.send(type="watch", conversation_id=message.conversation_id)
    assert await page.closed() == 4403


async def test_the_beat_tells_an_agent_of_what_they_watch(opened, zhangwei, wangqiang):
    message = await say(zhangwei)
    await answer(wangqiang, message, "备注", internal=True)
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    await page.send(type="watch", conversation_id=message.conversation_id)
    await page.send(type="nonsense")
    await page.frame("error")  # the socket has worked through what was sent
    await hub.running().beat_once()
    beat = await page.frame("beat")
    assert beat["conversations"] == [{"conversation_id": str(message.conversation_id), "seq": 2, "version": 1}]


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        "{",
        '{"type": 1}',
        '{"type": "__init__"}',
        '{"type": "watch"}',
        '{"type": "read", "conversation_id": "x"}',
        '{"type": "close"}',
        "[" * 2000,
    ],
)
async def test_an_unknown_frame_is_answered_and_harms_nobody(opened, zhangwei, text):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await page.socket.send_to(text_data=text)
    assert await page.frame() == {"type": "error", "error": "bad_frame"}


async def test_a_flood_of_frames_ends_the_socket(opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    for _ in range(40):
        await page.send(type="nonsense")
    assert await page.closed() == 4429


async def test_a_page_too_far_behind_is_sent_away_to_catch_up(opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    socket = next(iter(hub.running()._sockets))
    for _ in range(300):
        socket.offer('{"type": "typing"}')
    assert await page.closed() == 4429


async def test_a_frame_over_four_kilobytes_ends_the_socket(opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await page.socket.send_to(text_data=json.dumps({"type": "read", "x": "x" * 5000}))
    assert await page.closed() == 4009


async def test_a_ninth_socket_of_one_person_is_refused(opened, zhangwei):
    for _ in range(settings.SOCKETS_PER_USER):
        await opened("/ws/desk/", zhangwei)
    assert await (await opened("/ws/desk/", zhangwei)).closed() == 4429


async def test_read_frames_move_the_mark_only_forward(opened, zhangwei, wangqiang):
    message = await say(zhangwei)
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    for seq in (1, 0, 99):
        await page.send(type="read", conversation_id=message.conversation_id, seq=seq)
    await page.send(type="nonsense")
    await page.frame("error")
    mark = await database_sync_to_async(message.conversation.read_marks.get)(user=zhangwei)
    assert mark.read_seq == 1


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://testserver", True),
        ("http://testserver:81", False),
        ("http://evil.example", False),
        ("http://testserver.evil.example", False),
        ("http://sub.testserver", False),
        ("null", False),
        ("http://[", False),
        ("", False),
    ],
)
async def test_only_our_own_pages_open_a_socket(zhangwei, origin, allowed):
    page = await database_sync_to_async(Page)("/ws/desk/", zhangwei, origin=origin)
    connected, _ = await page.socket.connect()
    await page.socket.disconnect()
    assert connected is allowed


async def test_a_dead_layer_fails_no_send(zhangwei, monkeypatch):
    async def broken(*args):
        raise ConnectionError("no layer")

    monkeypatch.setattr("channels.layers.InMemoryChannelLayer.group_send", broken, raising=False)
    message = await say(zhangwei)
    assert message.seq == 1


async def test_a_frame_that_cannot_be_rendered_fails_no_send(opened, zhangwei, monkeypatch):
    await (await opened("/ws/desk/", zhangwei)).frame("hello")  # for nobody, nothing would be rendered
    tried = []

    def broken(*args):
        tried.append(args)
        raise RuntimeError("template")

    monkeypatch.setattr("conversations.presentation.message_html", broken)
    assert (await say(zhangwei)).seq == 1
    assert tried


async def fails():
    raise OperationalError("the database went away")


async def hangs():
    await asyncio.Event().wait()


@pytest.mark.parametrize("answer_of_the_database", [fails, hangs])
async def test_a_page_that_was_never_let_in_takes_no_place(opened, zhangwei, monkeypatch, answer_of_the_database):
    page, asked = await database_sync_to_async(Page)("/ws/desk/", zhangwei), asyncio.Event()

    async def ask(socket):
        asked.set()
        await answer_of_the_database()

    monkeypatch.setattr(hub.running().door, "admission", ask)
    await page.open()
    await asked.wait()
    assert hub.running().sockets_of(zhangwei.pk) or answer_of_the_database is fails
    page.socket.future.cancel()  # as Daphne does some seconds after a page left
    with contextlib.suppress(OperationalError):
        await page.socket.wait(timeout=3)
    assert hub.running().sockets_of(zhangwei.pk) == []


async def test_pages_compare_as_soon_as_the_reader_listens_again(opened, zhangwei, monkeypatch):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    monkeypatch.setattr(hub, "READER_SILENCE", 0.1)
    broadcast.outbound.put([{"topic": "hub.echo"}])  # the silence is counted anew from each frame
    assert await page.frame("beat")
