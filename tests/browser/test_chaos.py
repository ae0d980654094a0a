"""Real pages behind a network that loses a fifth of the requests and a fifth of the answers, and cuts sockets.

`BROWSER_CHAOS=300` writes that many messages, `BROWSER_CHAOS_SEED=7` repeats what the network did (CONTRIBUTING.md).
"""

import os
from random import Random

import pytest
from playwright.sync_api import expect

from conversations.models import Message
from tests.chaos.proxy import Proxy
from tests.processes import until

from .steps import Console, Desk
from .test_two_people import words

pytestmark = pytest.mark.live

MESSAGES = int(os.environ.get("BROWSER_CHAOS", 20))
SEED = int(os.environ.get("BROWSER_CHAOS_SEED", 1 if MESSAGES == 20 else Random().randrange(10_000)))
WEATHER = (
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION",
    "WebSocket connection to",
    "ERR_FAILED",
    "status of 409",
    "console: htmx:",
)
LOADED = 20  # messages of people at least among the newest forty
HEALED = 60_000  # ms: the longest wait between two tries is 30 s
WAITING = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("itdesk");
  request.onerror = reject;
  request.onsuccess = () => {
    const keys = request.result.transaction("kept").objectStore("kept").getAllKeys();
    keys.onsuccess = () => resolve(keys.result.filter((key) => String(key).startsWith("outbox:")));
  };
})"""


@pytest.fixture
def network(live, settings):
    with Proxy(live.url, SEED) as between:
        settings.SITE_URL = between.url  # where people find the desk; it reaches WeCom by its own way
        yield between
        print(between.report(), *between.said, sep="\n")


@pytest.fixture
def phone(network, open_page, sign_in, zhangwei):
    return Desk(sign_in(open_page(phone=True, base_url=network.url), zhangwei))


@pytest.fixture
def console(network, open_page, sign_in, wangqiang):
    console = Console(sign_in(open_page(base_url=network.url), wangqiang, "/agent/"))
    console.expect_live()
    return console


class Story:
    """Who wrote what, in the order of writing. Every sentence is another."""

    def __init__(self, phone, console):
        self.phone, self.console = phone, console
        self.asked, self.noted, self.answered = ["开始"], [], []

    def begins(self):
        self.phone.write("开始")
        self.phone.expect_delivered("开始")
        self.console.open("开始")
        self.console.act("claim")
        self.console.expect_status("assigned")

    def asks(self, desk):
        self.asked.append(f"员工第{len(self.asked)}句。")
        desk.write(self.asked[-1])

    def notes(self):
        self.noted.append(f"备注第{len(self.noted)}句。")
        self.console.write(self.noted[-1], internal=True)

    def answers(self):
        """An agent who looks before going on: words that came back, because the employee wrote too, are sent again."""
        self.answered.append(f"客服第{len(self.answered)}句。")
        self.console.write(self.answered[-1])
        field, bubble = self.console.field, self.console.bubble(self.answered[-1])
        numbered = bubble.and_(self.console.page.locator("[data-seq]"))
        came_back = self.console.page.locator("[data-ask]:not([hidden])")
        while not numbered.count():
            expect(numbered.or_(came_back)).to_be_visible(timeout=HEALED)
            if came_back.is_visible():
                expect(field).to_have_value(self.answered[-1])
                self.console.page.locator("[data-send]").click()
                expect(came_back).to_be_hidden()

    @property
    def written(self):
        return len(self.asked) + len(self.noted) + len(self.answered)

    def expect_stored(self):
        """The database holds every sentence once; each kind in the order of writing."""
        assert stored(sender_type="employee") == self.asked
        assert stored(internal=True) == self.noted
        assert stored(sender_type="agent", internal=False) == self.answered
        numbers = list(Message.objects.order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


def stored(**query):
    people = Message.objects.filter(**query).exclude(sender_type="system")
    return list(people.order_by("seq").values_list("content", flat=True))


def expect_healed(place, expected):
    """Nothing waits, and what people said stands there, once each and in order, to its end.

    A page that was loaded late begins at the newest forty; what is older is asked for when somebody scrolls there.
    """
    until(lambda: is_tail(words(place), expected), HEALED / 1000, "healing")
    assert place.page.evaluate(WAITING) == []


def is_tail(shown, expected):
    return len(shown) >= min(len(expected), LOADED) and shown == expected[-len(shown) :]


def test_pages_end_with_exactly_what_was_written(network, phone, console, problems):
    problems.expect(*WEATHER)
    story = Story(phone, console)
    story.begins()
    network.storm()
    laptop = a_stormy_while(story, phone, console)
    while story.written < MESSAGES:
        laptop.page.close()  # whatever waits there lies in the outbox of both tabs
        laptop = a_stormy_while(story, phone, console)
    network.calm()
    for place in (phone, laptop, console):
        unsent = place.page.locator("#messages [data-message]:not([data-seq])")
        expect(unsent).to_have_count(0, timeout=HEALED)
    story.expect_stored()
    for place in (phone, laptop):
        expect_healed(place, stored(internal=False))
    expect_healed(console, stored())
    assert min(network.counts[each] for each in ("request lost", "answer lost", "socket cut")) > 0


def a_stormy_while(story, phone, console):
    """Both write, their pages are loaded again while words wait, and the employee goes on in a second tab. → that tab"""
    for _ in range(2):
        story.asks(phone)
        story.notes()
    story.asks(phone)
    phone.page.reload()
    laptop = Desk(phone.page.context.new_page())
    laptop.page.goto("/itdesk/")
    for _ in range(2):
        story.asks(laptop)
        story.asks(phone)
    console.page.reload()
    story.notes()
    story.answers()
    return laptop
