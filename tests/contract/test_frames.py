"""CONTRACT 4: what pages hear, field by field, the four equal ways of a bubble, and the codes a socket ends with."""

import re
import uuid

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.dateparse import parse_datetime

from accounts import roles
from conversations import hub

from .conftest import FRAGMENT, PAGE, Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

NEW_MESSAGE = {
    "type", "conversation_id", "id", "seq", "prev_seq", "client_id", "sender_type", "msg_type", "html",
}  # fmt: skip
UPDATED = {"type", "conversation_id", "version", "status", "assigned_agent_id", "html"}
HELLO = {"type", "server_time", "user_id", "build", "conversations"}
LANGUAGES = ["zh-hans", "en"]
ARTICLE = re.compile(r'<article id="message-([0-9a-f-]{36})".*?</article>\n?', re.DOTALL)


def in_thread(function, *args, **fields):
    return database_sync_to_async(function)(*args, **fields)


async def test_hello_comes_first_with_exactly_these_fields(opened, zhang, wang, zhangwei, wangqiang):
    message = (await in_thread(zhang.say)).json()
    for path, user, numbers in (
        ("/ws/desk/", zhangwei, [{"conversation_id": message["conversation_id"], "seq": 1, "version": 1}]),
        ("/ws/agent/", wangqiang, []),
    ):
        hello = await (await opened(path, user)).frame()
        assert (hello["type"], set(hello)) == ("hello", HELLO)
        assert (hello["user_id"], hello["build"]) == (user.pk, settings.BUILD_ID)
        assert parse_datetime(hello["server_time"]).tzinfo
        assert hello["conversations"] == numbers


async def test_a_new_message_and_the_changed_conversation_have_exactly_these_fields(opened, zhang, zhangwei, wangqiang):
    heard = {}
    for path, user in (("/ws/desk/", zhangwei), ("/ws/agent/", wangqiang)):
        heard[path] = await opened(path, user)
        await heard[path].frame("hello")
    message = (await in_thread(zhang.say)).json()
    for page in heard.values():
        frame = await page.frame("new_message")
        assert set(frame) == NEW_MESSAGE
        assert {name: frame[name] for name in NEW_MESSAGE - {"type", "html"}} == {
            name: message[name] for name in NEW_MESSAGE - {"type", "html"}
        }
        frame = await page.frame("conversation_updated")
        assert set(frame) == UPDATED
        assert (frame["conversation_id"], frame["version"]) == (message["conversation_id"], 1)
        assert (frame["status"], frame["assigned_agent_id"]) == ("queued", None)
        assert frame["html"].strip().startswith("<")


async def test_the_version_grows_with_each_change(opened, zhang, wang, wangqiang):
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    conversation = await in_thread(zhang.ask)
    for action in ("claim", "resolve", "reopen", "release"):
        await in_thread(wang.act, conversation, action)
    versions = [(await page.frame("conversation_updated"))["version"] for _ in range(5)]
    assert versions == sorted(set(versions))


async def test_the_beat_tells_what_the_page_watches(opened, zhang, wang, zhangwei, wangqiang):
    conversation = await in_thread(zhang.ask)
    await in_thread(wang.answer, conversation, "备注", internal="true")
    desk, console = await opened("/ws/desk/", zhangwei), await opened("/ws/agent/", wangqiang)
    await console.send(type="watch", conversation_id=conversation)
    await console.send(type="nonsense")
    await console.frame("error")  # what was sent before it has been worked through
    await hub.running().beat_once()
    assert await desk.frame("beat") == {
        "type": "beat",
        "conversations": [{"conversation_id": conversation, "seq": 1, "version": 1}],
    }
    assert (await console.frame("beat"))["conversations"] == [{"conversation_id": conversation, "seq": 2, "version": 1}]


async def test_typing_is_heard_by_the_other_side_alone(opened, zhang, zhangwei, lina, wangqiang):
    conversation = await in_thread(zhang.ask)
    desk, stranger = await opened("/ws/desk/", zhangwei), await opened("/ws/desk/", lina)
    console = await opened("/ws/agent/", wangqiang)
    for page in (desk, stranger, console):
        await page.frame("hello")
    await console.send(type="watch", conversation_id=conversation)
    await console.send(type="typing", conversation_id=conversation)
    assert (await desk.frame("typing"))["conversation_id"] == conversation
    assert await stranger.silent()


# One row, one partial, one shape ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", ["employee", "agents"])
async def test_page_load_after_frame_and_post_answer_carry_the_same_bytes(
    opened, zhangwei, wangqiang, language, audience
):
    words = "见 https://example.com/a?b=1&c=2 <b>\n```\n10:00:00 ERROR x\n```"
    asking = await in_thread(Person, zhangwei, language)
    answering = await in_thread(Person, wangqiang, language)
    conversation = await in_thread(asking.ask)
    looking, path, page, ask = {
        "employee": (zhangwei, "/ws/desk/", f"/itdesk/c/{conversation}/", asking.at_desk),
        "agents": (wangqiang, "/ws/agent/", f"/agent/conversations/{conversation}/", answering.at_console),
    }[audience]
    socket = await opened(path, looking, accept_language=language)
    await socket.frame("hello")
    own = asking.say if audience == "employee" else lambda *args, **more: answering.answer(conversation, *args, **more)
    posted = (await in_thread(own, words, headers=FRAGMENT)).content.decode()
    client_id = ARTICLE.search(posted)[1]
    frame = await frame_of(socket, client_id)
    caught_up = bubbles((await in_thread(ask, conversation, headers=FRAGMENT, after=0)).content)
    person = asking if audience == "employee" else answering
    loaded = bubbles((await in_thread(person.get, page, headers=PAGE)).content)
    assert frame["html"] == posted
    assert caught_up[client_id] == posted
    assert loaded[client_id] == posted
    assert list(loaded) == list(caught_up)
    # Lines of the system as well, which each reader sees in their own language.
    assert loaded == caught_up


async def frame_of(socket, client_id):
    while True:
        frame = await socket.frame("new_message")
        if frame["client_id"] == client_id:
            return frame


def bubbles(content):
    """`{client_id: the article's text}` in order, templates for pending ones left out."""
    return {found[1]: found[0] for found in ARTICLE.finditer(content.decode())}


# Close codes -----------------------------------------------------------------------------------------------------------
async def test_who_is_not_signed_in_is_closed_with_4401(opened):
    for path in ("/ws/desk/", "/ws/agent/"):
        assert await (await opened(path, None)).closed() == 4401


async def test_an_ended_session_is_closed_with_4401(opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await in_thread(page.client.post, "/itportal/logout")
    assert await page.closed() == 4401


async def test_a_missing_or_lost_role_is_closed_with_4403(opened, zhangwei, wangqiang):
    assert await (await opened("/ws/agent/", zhangwei)).closed() == 4403
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    await in_thread(roles.revoke, wangqiang, "agent", channel="command")
    assert await page.closed() == 4403


async def test_watching_what_is_foreign_is_closed_with_4403(opened, zhang, lina):
    conversation = await in_thread(zhang.ask)
    page = await opened("/ws/desk/", lina)
    await page.frame("hello")
    await page.send(type="watch", conversation_id=conversation)
    assert await page.closed() == 4403


async def test_too_many_sockets_frames_and_watches_are_closed_with_4429(opened, zhang, wangqiang, zhangwei):
    flooding = await opened("/ws/desk/", zhangwei)
    for _ in range(30):
        await flooding.send(type="typing", conversation_id=uuid.uuid4())
    assert await flooding.closed() == 4429
    ids = [(await in_thread(zhang.ask)) for _ in range(21)]
    watching = await opened("/ws/agent/", wangqiang)
    await watching.frame("hello")
    watching_socket = next(iter(hub.running().sockets_of(wangqiang.pk)))
    for conversation in ids:
        watching_socket.bucket.tokens = 20  # this test is about watching, not about the pace
        await watching.send(type="watch", conversation_id=conversation)
    assert await watching.closed() == 4429


async def test_a_frame_over_four_kilobytes_is_closed_with_4009(opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await page.socket.send_to(text_data="x" * 4097)
    assert await page.closed() == 4009


async def test_a_page_of_a_server_that_restarts_is_closed_with_4012(opened, zhangwei):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await hub.running().close_all()
    assert await page.closed() == 4012


async def test_a_draft_is_told_to_its_authors_own_pages_alone(opened, zhang, wang, zhangwei, wangqiang, liyang):
    conversation = await in_thread(zhang.ask)
    mine, employees, colleagues = [
        await opened(path, user)
        for path, user in (("/ws/agent/", wangqiang), ("/ws/desk/", zhangwei), ("/ws/agent/", liyang))
    ]
    fields = {"draft_id": str(uuid.uuid4()), "step": 1, "base": 0, "content": "他又忘了\n密码", "internal": "true"}
    await in_thread(wang.post, f"/agent/conversations/{conversation}/draft", fields)
    assert await mine.frame("draft_changed") == {
        "type": "draft_changed",
        "conversation_id": conversation,
        "draft_id": fields["draft_id"],
        "revision": 1,
        "internal": True,
        "line": "他又忘了 密码",
    }
    # A message comes after it, so whoever was told of the draft would have heard of it before.
    await in_thread(wang.answer, conversation, "好的", draft_id=fields["draft_id"], draft_revision=1)
    emptied = await mine.frame("draft_changed")
    assert (emptied["revision"], emptied["line"]) == (2, "")
    for page in (employees, colleagues):
        kinds = []
        while not kinds or kinds[-1] != "new_message":
            kinds.append((await page.frame())["type"])
        assert "draft_changed" not in kinds
