"""CONTRACT 4, `message_updated`: who hears of a message that changed, what it says, and how a lost one heals."""

import re
import uuid

import pytest
from channels.db import database_sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations import hub, jobs
from conversations.tests import hostile_files as made

from .conftest import FRAGMENT, PAGE, Person
from .test_frames import NEW_MESSAGE, UPDATED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
PHOTO = made.picture("JPEG", size=(900, 600))


def in_thread(function, *args, **fields):
    return database_sync_to_async(function)(*args, **fields)


def photo(name="IMG_1.jpg", content=PHOTO):
    return SimpleUploadedFile(name, content)


async def ready(message):
    await in_thread(jobs.prepare_pictures, message["id"])


async def heard(page, kinds):
    """The next frames of a page, each of which must be of the kind that is its turn."""
    frames = [await page.frame() for _ in kinds]
    assert [frame["type"] for frame in frames] == kinds
    return frames


async def test_both_sides_hear_the_bubble_again_with_its_version(opened, zhang, zhangwei, lina, wangqiang):
    message = (await in_thread(zhang.say, "看图", file=photo())).json()
    pages = [await opened(path, user) for path, user in (("/ws/desk/", zhangwei), ("/ws/agent/", wangqiang))]
    stranger = await opened("/ws/desk/", lina)
    for page in (*pages, stranger):
        await page.frame("hello")
    await ready(message)
    for page in pages:
        updated, state = await heard(page, ["message_updated", "conversation_updated"])
        assert set(updated) == NEW_MESSAGE | {"version"}
        assert set(state) == UPDATED
        same = NEW_MESSAGE - {"type", "html"}
        assert {name: updated[name] for name in same} == {name: message[name] for name in same}
        assert updated["version"] == state["version"] == message["version"] + 1
        assert f'data-version="{updated["version"]}"' in updated["html"]
        assert "/thumbnail/" in updated["html"]
    assert await stranger.silent()


@pytest.mark.parametrize("audience", ["employee", "agents"])
async def test_frame_page_and_catch_up_carry_the_same_bytes(opened, zhangwei, wangqiang, audience):
    asking, answering = await in_thread(Person, zhangwei), await in_thread(Person, wangqiang)
    message = (await in_thread(asking.say, "看图", file=photo())).json()
    conversation = message["conversation_id"]
    path, user, person, ask, address = {
        "employee": ("/ws/desk/", zhangwei, asking, asking.at_desk, f"/itdesk/c/{conversation}/"),
        "agents": ("/ws/agent/", wangqiang, answering, answering.at_console, f"/agent/conversations/{conversation}/"),
    }[audience]
    page = await opened(path, user)
    await page.frame("hello")
    await ready(message)
    html = (await page.frame("message_updated"))["html"]
    # A page that holds the message, and asked before it changed.
    healed = await in_thread(ask, conversation, headers=FRAGMENT, after=1, since=1)
    assert healed.content.decode() == html
    assert (await in_thread(ask, conversation, headers=FRAGMENT, after=1, since=2)).content == b""
    assert html in (await in_thread(person.get, address, headers=PAGE)).content.decode()


async def test_the_numbers_tell_of_a_frame_that_was_lost(opened, zhang, zhangwei):
    message = (await in_thread(zhang.say, "看图", file=photo())).json()
    await ready(message)
    page = await opened("/ws/desk/", zhangwei)
    numbers = [{"conversation_id": message["conversation_id"], "seq": 1, "version": 2}]
    assert (await page.frame("hello"))["conversations"] == numbers
    await hub.running().beat_once()
    assert (await page.frame("beat"))["conversations"] == numbers


async def test_the_picture_of_a_note_is_the_agents_alone(opened, zhang, wang, zhangwei, wangqiang):
    conversation = await in_thread(zhang.ask)
    note = (await in_thread(wang.answer, conversation, "内部", internal="true", file=photo())).json()
    desk, console = await opened("/ws/desk/", zhangwei), await opened("/ws/agent/", wangqiang)
    await console.send(type="watch", conversation_id=conversation)
    await console.send(type="nonsense")
    await console.frame("error")  # what was sent before it has been worked through
    before = (await desk.frame("hello"))["conversations"]
    await ready(note)
    assert (await console.frame("message_updated"))["version"] == 2
    assert (await console.frame("conversation_updated"))["version"] == 2
    await hub.running().beat_once()
    # The beat comes after whatever the note could have caused.
    assert await desk.frame() == {"type": "beat", "conversations": before}
    assert (await console.frame("beat"))["conversations"] == [{"conversation_id": conversation, "seq": 2, "version": 2}]
    header = (await in_thread(zhang.get, f"/itdesk/c/{conversation}/header")).content.decode()
    assert re.search(r'data-version="(\d+)"', header)[1] == "1"
    # An agent who lost the frame asks for what changed, as for any message; the employee's question finds nothing.
    healed = (await in_thread(wang.at_console, conversation, after=2, since=1)).json()["messages"]
    assert [(each["id"], each["version"]) for each in healed] == [(note["id"], 2)]
    assert (await in_thread(zhang.at_desk, conversation, after=0, since=0)).json()["messages"][0]["version"] == 1
    following = (await in_thread(zhang.say, "在吗", client_id=uuid.uuid4(), conversation_id=conversation)).json()
    assert (following["seq"], following["prev_seq"], following["version"]) == (3, 1, 3)


async def test_a_converted_picture_keeps_its_address_and_gets_a_small_one(zhang, wang):
    message = (await in_thread(zhang.say, "", file=photo("IMG_1.HEIC", made.heic()))).json()
    [file] = message["attachments"]
    assert (file["content_type"], file["thumbnail_url"]) == ("image/heic", None)
    await ready(message)
    [changed] = (await in_thread(wang.at_console, message["conversation_id"])).json()["messages"]
    [picture] = changed["attachments"]
    assert (picture["id"], picture["url"], picture["content_type"]) == (file["id"], file["url"], "image/jpeg")
    assert (picture["width"], picture["height"]) == (file["width"], file["height"])
    assert (await in_thread(wang.get, picture["thumbnail_url"])).status_code == 200
