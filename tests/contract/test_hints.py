"""docs/protocol.md, hints about people: who writes, who looks, who has read; to whom each is told, and to whom never."""

import uuid

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async

from conversations import broadcast, consumers, hub, presence
from conversations.models import ReadMark

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

TYPING = {"type", "conversation_id", "name", "sender_type", "stopped"}


def in_thread(function, *args, **fields):
    return database_sync_to_async(function)(*args, **fields)


@pytest_asyncio.fixture
async def talk(zhang):
    return await in_thread(zhang.ask)


async def heard_hello(opened, path, user, watched=None, **headers):
    page = await opened(path, user, **headers)
    await page.frame("hello")
    if watched:
        await page.send(type="watch", conversation_id=watched)
        await worked_off(page)
    return page


async def worked_off(page):
    """Everything that this page sent has been dealt with. → what it heard meanwhile"""
    await page.send(type="nonsense")
    heard = []
    while not heard or heard[-1]["type"] != "error":
        heard.append(await page.frame())
    return heard[:-1]


async def everything(page):
    heard = []
    while not await page.silent():
        heard.append(await page.frame())
    return heard


def people(frame, conversation_id):
    assert set(frame) == {"type", "conversations"}
    told = {each["conversation_id"]: each["people"] for each in frame["conversations"]}
    return [(person["user_id"], person["name"], person["state"]) for person in told[conversation_id]]


# Typing ----------------------------------------------------------------------------------------------------------------
async def test_an_agents_public_line_is_told_to_its_employee_with_the_agents_name(
    opened, talk, zhangwei, lina, wangqiang
):
    desk, stranger = [await heard_hello(opened, "/ws/desk/", user) for user in (zhangwei, lina)]
    console = await heard_hello(opened, "/ws/agent/", wangqiang, talk)
    await console.send(type="typing", conversation_id=talk, internal=False)
    frame = await desk.frame()
    assert set(frame) == TYPING
    expected = {"type": "typing", "conversation_id": talk, "name": "王强", "sender_type": "agent", "stopped": False}
    assert frame == expected
    await console.send(type="typing", conversation_id=talk, internal=False, stopped=True)
    assert await desk.frame() == {**expected, "stopped": True}
    assert await stranger.silent()


@pytest.mark.parametrize("internal", [True, "true", 0, None])
async def test_a_note_that_is_being_written_never_reaches_the_employee(
    opened, talk, zhangwei, wangqiang, liyang, internal
):
    desk = await heard_hello(opened, "/ws/desk/", zhangwei, talk)
    console = await heard_hello(opened, "/ws/agent/", wangqiang, talk)
    colleague = await heard_hello(opened, "/ws/agent/", liyang)
    await console.send(type="typing", conversation_id=talk, internal=internal)
    await console.send(type="typing", conversation_id=talk, internal=internal, stopped=True)
    assert {each["type"] for each in await everything(colleague)} == {"presence"}
    assert await desk.silent()


async def test_an_employees_line_is_told_to_the_agents_who_have_it_on_screen(opened, talk, zhangwei, wangqiang, liyang):
    desk = await heard_hello(opened, "/ws/desk/", zhangwei, talk)
    looking = await heard_hello(opened, "/ws/agent/", wangqiang, talk)
    elsewhere = await heard_hello(opened, "/ws/agent/", liyang)
    await desk.send(type="typing", conversation_id=talk)
    expected = {"type": "typing", "conversation_id": talk, "name": "张伟", "sender_type": "employee", "stopped": False}
    assert await looking.frame("typing") == expected
    assert "typing" not in {each["type"] for each in await everything(elsewhere)}


async def test_typing_in_what_is_not_on_screen_or_not_theirs_is_told_to_nobody(opened, talk, zhangwei, lina, wangqiang):
    desk, console = await heard_hello(opened, "/ws/desk/", zhangwei), await heard_hello(opened, "/ws/agent/", wangqiang)
    stranger = await heard_hello(opened, "/ws/desk/", lina)
    for page in (console, stranger, desk):
        await page.send(type="typing", conversation_id=talk)
        await worked_off(page)
    for page in (console, stranger, desk):
        assert await page.silent()


async def test_keys_are_passed_on_at_a_pace(opened, talk, zhangwei, wangqiang):
    desk, console = (
        await heard_hello(opened, "/ws/desk/", zhangwei),
        await heard_hello(opened, "/ws/agent/", wangqiang, talk),
    )
    for _ in range(5):
        await console.send(type="typing", conversation_id=talk)
    for _ in range(2):
        await console.send(type="typing", conversation_id=talk, stopped=True)
    assert [each["stopped"] for each in await everything(desk)] == [False, True]


# Presence --------------------------------------------------------------------------------------------------------------
async def test_colleagues_see_who_looks_writes_and_leaves(opened, talk, zhangwei, wangqiang, liyang):
    desk = await heard_hello(opened, "/ws/desk/", zhangwei, talk)
    colleague = await heard_hello(opened, "/ws/agent/", liyang)
    console = await heard_hello(opened, "/ws/agent/", wangqiang, talk)
    assert people(await colleague.frame(), talk) == [(wangqiang.pk, "王强", "viewing")]
    await console.send(type="typing", conversation_id=talk)
    assert people(await colleague.frame(), talk) == [(wangqiang.pk, "王强", "writing")]
    await console.send(type="typing", conversation_id=talk, stopped=True)
    assert people(await colleague.frame(), talk) == [(wangqiang.pk, "王强", "viewing")]
    for leaving in ({"type": "watch", "visible": False}, {"type": "unwatch"}):
        await console.send(conversation_id=talk, **leaving)
        assert people(await colleague.frame(), talk) == []
        await console.send(type="watch", conversation_id=talk)
        assert people(await colleague.frame(), talk) == [(wangqiang.pk, "王强", "viewing")]
    await console.socket.disconnect()
    assert people(await colleague.frame(), talk) == []
    # Never to employees, and to nobody about themselves.
    assert {each["type"] for each in await everything(desk)} == {"typing"}


async def test_who_comes_later_is_told_after_hello(opened, talk, wangqiang, liyang):
    first = await heard_hello(opened, "/ws/agent/", liyang)
    await heard_hello(opened, "/ws/agent/", wangqiang, talk)
    await first.frame("presence")
    second = await opened("/ws/agent/", liyang)
    assert (await second.frame())["type"] == "hello"
    assert people(await second.frame(), talk) == [(wangqiang.pk, "王强", "viewing")]


async def test_an_agent_hears_nothing_of_who_looks_at_their_own_request(opened, wang, wangqiang, liyang, zhaomin):
    own = await in_thread(wang.ask)
    asker = await heard_hello(opened, "/ws/agent/", wangqiang)
    colleague = await heard_hello(opened, "/ws/agent/", liyang)
    await heard_hello(opened, "/ws/agent/", zhaomin, own)
    await colleague.frame("presence")
    assert await asker.silent()


async def test_a_page_that_stays_is_renewed_without_a_question_to_the_database(
    opened, talk, wangqiang, liyang, monkeypatch
):
    monkeypatch.setattr(presence, "LEASE", 0.6)
    monkeypatch.setattr(presence, "TICK", 0.1)
    colleague = await heard_hello(opened, "/ws/agent/", liyang)
    console = await heard_hello(opened, "/ws/agent/", wangqiang, talk)
    await colleague.frame("presence")
    with monkeypatch.context() as patched:
        patched.setattr(consumers, "ask", None)
        for _ in range(4):
            await console.send(type="watch", conversation_id=talk)
            assert await colleague.socket.receive_nothing(timeout=0.25)
    assert people(await colleague.frame("presence"), talk) == []


# Read ------------------------------------------------------------------------------------------------------------------
async def test_what_the_employee_read_is_told_to_their_other_page_and_to_the_agents(
    opened, talk, zhangwei, lina, wangqiang
):
    here, there = [await heard_hello(opened, "/ws/desk/", zhangwei, talk) for _ in range(2)]
    looking, stranger = (
        await heard_hello(opened, "/ws/agent/", wangqiang, talk),
        await heard_hello(opened, "/ws/desk/", lina),
    )
    for seq in (1, 1, 0, 99):
        await here.send(type="read", conversation_id=talk, seq=seq)
    frame = {"type": "read", "conversation_id": talk, "seq": 1}
    assert [await there.frame()] + await everything(there) == [{**frame, "reader": "me"}]
    assert [each for each in await everything(looking) if each["type"] == "read"] == [{**frame, "reader": "employee"}]
    assert await stranger.silent()


@pytest.mark.parametrize("shown", [False, True])
async def test_what_agents_read_is_told_to_the_employee_by_setting_and_in_public_numbers(
    opened, talk, zhang, wang, zhangwei, wangqiang, liyang, settings, shown
):
    settings.EMPLOYEE_SEES_READ = shown
    for number in range(3):
        await in_thread(wang.answer, talk, f"备注 {number}", internal="true")
    desk, other = await heard_hello(opened, "/ws/desk/", zhangwei), await heard_hello(opened, "/ws/agent/", wangqiang)
    console, colleague = [await heard_hello(opened, "/ws/agent/", user, talk) for user in (wangqiang, liyang)]
    await worked_off(console)
    for seq in (1, 2, 4):
        await console.send(type="read", conversation_id=talk, seq=seq)
    await worked_off(console)
    await colleague.send(type="read", conversation_id=talk, seq=3)
    await worked_off(colleague)
    told = [{"type": "read", "conversation_id": talk, "reader": "agents", "seq": 1}]
    assert await everything(desk) == (told if shown else [])
    mine = [each["seq"] for each in await everything(other) if each["type"] == "read"]
    assert mine == [1, 2, 4]
    # A page that comes now is told the same as a page that was there; only its own words may say more.
    later = await opened("/ws/desk/", zhangwei)
    await later.frame("hello")
    await later.send(type="watch", conversation_id=talk)
    assert await worked_off(later) == (told if shown else [])


async def test_who_begins_to_watch_is_told_what_was_read_before(opened, talk, zhang, wang, wangqiang):
    await in_thread(zhang.post, f"/itdesk/c/{talk}/read", {"seq": 1})
    await in_thread(wang.post, f"/agent/conversations/{talk}/read", {"seq": 1})
    page = await opened("/ws/agent/", wangqiang)
    await page.frame("hello")
    await page.send(type="watch", conversation_id=talk)
    told = {each["reader"]: each["seq"] for each in await worked_off(page) if each["type"] == "read"}
    assert told == {"me": 1, "employee": 1}


async def test_reading_what_is_foreign_changes_nothing(opened, talk, lina):
    page = await heard_hello(opened, "/ws/desk/", lina)
    await page.send(type="read", conversation_id=talk, seq=1)
    await worked_off(page)
    assert not await in_thread(ReadMark.objects.exists)


async def test_a_post_tells_the_same_as_a_frame(opened, talk, zhang, zhangwei):
    page = await heard_hello(opened, "/ws/desk/", zhangwei)
    assert (await in_thread(zhang.post, f"/itdesk/c/{talk}/read", {"seq": 1})).json()["read_seq"] == 1
    assert (await page.frame())["reader"] == "me"


# Whatever a page says ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("audience", ["desk", "agent"])
async def test_odd_fields_harm_nobody(opened, talk, zhangwei, wangqiang, audience, caplog):
    user = {"desk": zhangwei, "agent": wangqiang}[audience]
    page = await heard_hello(opened, f"/ws/{audience}/", user, talk)
    odd = [None, True, -1, 1.5, 2**31, 2**70, "1", [], {}, {"a": 1}, "x" * 500]
    for value in odd:
        page_of(user).bucket.tokens = 20  # this test is about the fields, not about the pace
        for kind in ("read", "typing", "watch"):
            extra = {"seq": value, "internal": value, "stopped": value, "visible": value}
            await page.send(type=kind, conversation_id=talk, **extra)
            await page.send(type=kind, conversation_id=uuid.UUID(talk).hex, **extra)
        await worked_off(page)
    page_of(user).bucket.tokens = 20
    await page.send(type="unwatch", conversation_id=uuid.uuid4())
    await page.send(type="unwatch", conversation_id=talk)
    await worked_off(page)
    assert not await in_thread(ReadMark.objects.filter(read_seq__gt=1).exists)
    assert not [each for each in caplog.records if each.levelname in {"ERROR", "CRITICAL"}]


def page_of(user):
    return hub.running().sockets_of(user.pk)[0]


async def test_the_topic_of_the_tables_has_no_listeners_among_pages(opened, wangqiang):
    await heard_hello(opened, "/ws/agent/", wangqiang)
    assert presence.TOPIC not in hub.running()._topics
    assert broadcast.INBOX_TOPIC in hub.running()._topics
