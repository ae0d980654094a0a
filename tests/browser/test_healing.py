"""Networks fail, phones sleep, servers restart: afterwards each message stands there exactly once, in order."""

import asyncio
import uuid

import pytest
from playwright.sync_api import expect

from conversations import hub
from conversations.commands.messages import post_reply
from conversations.models import Message

from .steps import Console, Desk
from .test_two_people import words

pytestmark = pytest.mark.live

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_FAILED", "WebSocket connection to")


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


@pytest.fixture
def console(agent_page):
    console = Console(agent_page)
    console.expect_live()
    return console


@pytest.fixture
def talk(desk, console):
    """The employee has asked, the agent has it open."""
    desk.write("第一句")
    desk.expect_delivered("第一句")
    console.open("第一句")
    console.expect_delivered("第一句")


def expect_the_same(desk, console, expected):
    for place in (desk, console):
        for text in expected:
            place.expect_delivered(text)
        assert words(place) == expected
    numbers = [message.seq for message in Message.objects.order_by("seq")]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.fixture
def on_the_server(live):
    """`on_the_server(coroutine)`: run it on the server's own loop and wait for its end."""
    return lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, hub._hub.loop).result(10)


def sockets_of(user):
    return list(hub._hub.sockets_of(user.pk))


def test_three_messages_written_without_a_network_arrive_once(desk, console, talk, problems):
    problems.expect(*OFFLINE)
    desk.page.context.set_offline(True)
    for text in ("断网一", "断网二", "断网三"):
        desk.write(text)
        expect(desk.bubble(text)).to_have_count(1)
    console.write("你还在吗")
    console.expect_delivered("你还在吗")
    assert Message.objects.filter(content__startswith="断网").count() == 0
    desk.page.context.set_offline(False)
    # Each page shows the order of the server, whoever wrote first by their own clock.
    expect_the_same(desk, console, ["第一句", "你还在吗", "断网一", "断网二", "断网三"])


def test_a_reload_without_a_network_in_between_loses_nothing(desk, console, talk, problems):
    problems.expect(*OFFLINE)
    # Only the sends fail, so that the page itself can be loaded again.
    desk.page.route(
        "**/itdesk/messages", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    for text in ("断网一", "断网二", "断网三"):
        desk.write(text)
        expect(desk.bubble(text)).to_have_count(1)
    desk.page.reload()
    for text in ("断网一", "断网二", "断网三"):
        expect(desk.bubble(text)).to_have_count(1)
    desk.page.unroute("**/itdesk/messages")
    desk.page.reload()
    expect_the_same(desk, console, ["第一句", "断网一", "断网二", "断网三"])


def test_an_answer_that_is_lost_on_its_way_back_makes_no_second_message(desk, console, talk, problems):
    problems.expect(*OFFLINE)
    lost = []

    def lose_the_first_answer(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())  # the server has it …
            route.abort()  # … and the page never hears so
        else:
            route.continue_()

    desk.page.route("**/itdesk/messages", lose_the_first_answer)
    desk.write("只说一次")
    expect_the_same(desk, console, ["第一句", "只说一次"])
    assert lost[0].status == 201


def test_what_a_page_missed_while_its_socket_was_cut_is_asked_for(
    desk, console, talk, problems, on_the_server, zhangwei, wangqiang, monkeypatch
):
    problems.expect(*OFFLINE)
    with monkeypatch.context() as silence:
        # Frames written now reach nobody, as on a line that is dead and does not know it yet.
        silence.setattr("conversations.broadcast.outbound.put", lambda frames: None)
        console.write("客服说一")  # first: an answer to what has moved on would be asked about, not sent
        console.expect_delivered("客服说一")
        for text in ("员工说一", "员工说二"):
            desk.write(text)
            desk.expect_delivered(text)
        expect(console.bubble("员工说二")).to_have_count(0)
        for socket in [*sockets_of(zhangwei), *sockets_of(wangqiang)]:
            on_the_server(socket.end(hub.RESTARTING, "0"))
    expect_the_same(desk, console, ["第一句", "客服说一", "员工说一", "员工说二"])


def test_a_frame_that_is_lost_on_an_open_socket_is_noticed_with_the_next(desk, console, talk, monkeypatch):
    with monkeypatch.context() as silence:
        silence.setattr("conversations.broadcast.outbound.put", lambda frames: None)
        desk.write("没人听到")
        desk.expect_delivered("没人听到")
        expect(console.bubble("没人听到")).to_have_count(0)
    desk.write("听到了")
    expect_the_same(desk, console, ["第一句", "没人听到", "听到了"])


def test_the_last_frame_lost_is_healed_by_the_beat(desk, console, talk, monkeypatch, on_the_server):
    with monkeypatch.context() as silence:
        silence.setattr("conversations.broadcast.outbound.put", lambda frames: None)
        desk.write("最后一句")
        desk.expect_delivered("最后一句")
        expect(console.bubble("最后一句")).to_have_count(0)
    on_the_server(hub._hub.beat_once())
    expect_the_same(desk, console, ["第一句", "最后一句"])


@pytest.fixture
def note(talk, liyang):
    """`note(text)`: a colleague notes something. It changes no version, so that only numbers tell of it."""

    def write(text):
        conversation_id = Message.objects.first().conversation_id
        post_reply(author=liyang, conversation_id=conversation_id, content=text, client_id=uuid.uuid4(), internal=True)

    return write


def test_a_note_whose_frame_is_lost_is_noticed_with_the_next(console, note, monkeypatch):
    with monkeypatch.context() as silence:
        silence.setattr("conversations.broadcast.outbound.put", lambda frames: None)
        note("丢了的备注")
    note("第二条备注")
    for text in ("第二条备注", "丢了的备注"):
        console.expect_delivered(text)


def test_the_last_note_lost_is_healed_by_the_beat(console, note, monkeypatch, on_the_server):
    with monkeypatch.context() as silence:
        silence.setattr("conversations.broadcast.outbound.put", lambda frames: None)
        note("最后一条备注")
    on_the_server(hub._hub.beat_once())
    console.expect_delivered("最后一条备注")


def test_two_devices_write_at_once_and_every_page_agrees(desk, console, talk, open_page, sign_in, zhangwei, problems):
    problems.expect("status of 409.*/draft")  # both begin words in the same request
    laptop = Desk(sign_in(open_page(), zhangwei))
    laptop.expect_delivered("第一句")
    for number in range(5):
        desk.write(f"手机{number}")
        laptop.write(f"电脑{number}")
    for place in (desk, laptop, console):
        for number in range(5):
            place.expect_delivered(f"手机{number}")
            place.expect_delivered(f"电脑{number}")
    stored = [message.content for message in Message.objects.order_by("seq")]
    assert words(desk) == words(laptop) == words(console) == stored
    assert len(stored) == 11


def test_a_page_that_was_empty_shows_what_another_tab_wrote_before_it(desk):
    other = Desk(desk.page.context.new_page())
    other.page.goto("/itdesk/")
    desk.write("第一句")
    desk.expect_delivered("第一句")
    other.write("第二句")
    other.expect_delivered("第二句")
    other.expect_delivered("第一句")
    desk.expect_delivered("第二句")
