"""One way back after any loss: whatever tells a page that it may have missed something, it asks, and shows all once."""

import asyncio
import json
import re
import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from conversations import hub
from conversations.access import AGENTS
from conversations.commands import lifecycle
from conversations.models import Conversation, Message

from ..processes import until
from .hints import show
from .steps import Console, Desk
from .test_desk import answer, ask
from .test_healing import OFFLINE
from .threads import change, fill, frame_of, numbers_of, scroll_to, seqs, watch

pytestmark = pytest.mark.live

AFTER = re.compile(r"messages\?.*after=")
SOON = 4000  # ms; a question that is asked again because nobody answered, or the poll, is no way back of its own
RETURNS = {
    "shown again": "document.dispatchEvent(new Event('visibilitychange'))",
    "out of the back cache": "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    "online again": "window.dispatchEvent(new Event('online'))",
    "looked at": "window.dispatchEvent(new Event('focus'))",
    "signed in again": "document.dispatchEvent(new CustomEvent('signedin'))",
}


class Line:
    """A socket that says only what the test says, after a first `hello` without numbers; later ones never greet."""

    def __init__(self, page, address):
        self.ends = []
        page.route_web_socket(address, self._opened)

    def _opened(self, end):
        end.on_message(lambda text: None)
        self.ends.append(end)
        if len(self.ends) == 1:
            self.say({"type": "hello", "user_id": 0, "build": "test", "conversations": []})

    def say(self, frame):
        self.ends[-1].send(frame if isinstance(frame, str) else json.dumps(frame))


@pytest.fixture
def conversation(zhangwei, wangqiang):
    conversation = ask(zhangwei, "打印机连不上了")
    lifecycle.claim(conversation.pk, by=wangqiang)
    conversation.refresh_from_db()
    return conversation


@pytest.fixture
def desk(conversation, employee_page):
    desk = Desk(employee_page)
    desk.expect_delivered("打印机连不上了")
    return desk


def expect_soon(place, text):
    expect(place.bubble(text)).to_have_count(1, timeout=SOON)


def test_the_desk_asks_whenever_it_may_have_missed_something(open_page, sign_in, zhangwei, conversation):
    page = open_page(phone=True)
    line = Line(page, "**/ws/desk/")
    desk = Desk(sign_in(page, zhangwei))
    desk.expect_delivered("打印机连不上了")
    for name, event in RETURNS.items():
        fill(conversation, 2, f"{name} {{}}。")
        page.evaluate(event)
        expect(desk.bubble(name)).to_have_count(2, timeout=SOON)
    for kind in ("hello", "beat"):
        fill(conversation, 1, f"按 {kind} {{}}")
        line.say({"type": kind, "conversations": [numbers_of(conversation)]})
        expect_soon(desk, f"按 {kind}")
    change(conversation, 1, "改过的话")
    line.say({"type": "beat", "conversations": [numbers_of(conversation)]})
    expect_soon(desk, "改过的话")
    fill(conversation, 3, "断开 {}。")
    line.say(frame_of(Message.objects.get(conversation=conversation, seq=conversation.last_seq + 3)))
    expect(desk.bubble("断开")).to_have_count(3, timeout=SOON)
    assert seqs(page) == list(range(1, conversation.last_seq + 4))


def test_the_console_asks_for_list_and_thread_whenever_it_may_have_missed_something(
    open_page, sign_in, lina, wangqiang, conversation
):
    page = open_page()
    line = Line(page, "**/ws/agent/")
    console = Console(sign_in(page, wangqiang, f"/agent/conversations/{conversation.pk}/"))
    console.expect_live()
    console.expect_delivered("打印机连不上了")
    other = ask(lina, "另一件事")
    returns = {**RETURNS, "hello": None}
    for number, (name, event) in enumerate(returns.items()):
        fill(conversation, 1, f"{name} {{}}。")
        Conversation.objects.filter(pk=other.pk).update(last_line=f"列表 {number}", version=10 + number)
        page.evaluate(event) if event else line.say({"type": "hello", "conversations": []})
        expect_soon(console, name)
        expect(console.row(other.pk)).to_contain_text(f"列表 {number}", timeout=SOON)
    fill(conversation, 2, "按 beat {}。")
    line.say({"type": "beat", "conversations": [numbers_of(conversation)]})
    expect(console.bubble("按 beat")).to_have_count(2, timeout=SOON)
    fill(conversation, 2, "断开 {}。")
    line.say(frame_of(Message.objects.get(conversation=conversation, seq=conversation.last_seq + 2), AGENTS))
    expect(console.bubble("断开")).to_have_count(2, timeout=SOON)


def test_what_came_between_the_page_and_its_first_hello_is_asked_for(open_page, sign_in, zhangwei, conversation):
    page = open_page(phone=True)
    line = Line(page, "**/ws/desk/")
    desk = Desk(sign_in(page, zhangwei))
    desk.expect_delivered("打印机连不上了")
    fill(conversation, 1, "页面之后")
    line.ends.clear()
    page.route(AFTER, lambda route: route.abort())  # the old page must not have asked before
    page.reload(wait_until="commit")
    page.unroute(AFTER)
    expect_soon(desk, "页面之后")


def test_five_hundred_missed_messages_come_once_each_and_in_order(desk, conversation, problems):
    problems.expect(*OFFLINE)
    page = desk.page
    watch(page)
    page.context.set_offline(True)
    last = fill(conversation, 500)
    begun = time.monotonic()
    page.context.set_offline(False)
    page.wait_for_function("last => document.querySelector(`#messages [data-seq='${last}']`)", arg=last, polling=20)
    print(f"500 missed messages after {time.monotonic() - begun:.2f} s")
    shown = page.evaluate("window.shown")
    assert sorted(shown["seqs"]) == list(range(1, last + 1))
    assert shown["unordered"] == 0
    assert shown["most"] <= 300
    assert seqs(page) == list(range(last - 299, last + 1))
    # Who read along still does, and what no longer stands there is a scroll away.
    assert page.locator("[data-scroll]").evaluate("s => s.scrollHeight - s.scrollTop - s.clientHeight") < 2
    scroll_to(page, "top")
    expect(page.locator(f"#messages [data-seq='{last - 310}']")).to_have_count(1)


def test_a_catch_up_that_breaks_off_goes_on_where_it_was(desk, conversation, problems):
    problems.expect(*OFFLINE)
    page, asked = desk.page, []

    def break_off(route):
        asked.append(int(re.search(r"after=(\d+)", route.request.url).group(1)))
        route.abort() if len(asked) == 2 else route.continue_()

    page.route(AFTER, break_off)
    last = fill(conversation, 450)
    page.evaluate(RETURNS["looked at"])
    page.wait_for_function("last => document.querySelector(`#messages [data-seq='${last}']`)", arg=last)
    assert asked[:3] == [2, 102, 102]
    assert asked == sorted(asked)
    assert seqs(page) == list(range(last - 299, last + 1))


def test_live_messages_during_a_catch_up_stand_there_once(desk, conversation, wangqiang, zhangwei):
    page, asked, held = desk.page, [], []
    watch(page)

    def hold(route):
        asked.append(route.request.url)
        held.append((route, route.fetch())) if not held else route.continue_()

    page.route(AFTER, hold)
    last = fill(conversation, 150)
    page.evaluate(RETURNS["looked at"])
    until(lambda: page.evaluate("1") and held)  # it was read before what is said now
    for number in range(3):
        answer(wangqiang, conversation, f"同时说 {number}")
        expect_soon(desk, f"同时说 {number}")
        page.evaluate(RETURNS["looked at"])
    assert len(asked) == 1, "who asks meanwhile joins"
    route, response = held[0]
    route.fulfill(response=response)
    expect(desk.messages).to_have_count(last + 3)
    assert seqs(page) == list(range(1, last + 4))
    shown = page.evaluate("window.shown")
    assert sorted(shown["seqs"]) == list(range(1, last + 4))


def test_changes_of_a_long_absence_all_come(desk, conversation):
    last = fill(conversation, 130)
    desk.page.evaluate(RETURNS["looked at"])
    expect(desk.messages).to_have_count(last)
    for seq in range(3, last + 1):
        change(conversation, seq, f"改过 {seq}。")
    desk.page.evaluate(RETURNS["looked at"])
    expect(desk.bubble("改过")).to_have_count(last - 2)


def test_a_page_that_was_frozen_heals_when_it_is_looked_at(desk, conversation):
    page = desk.page
    devtools = page.context.new_cdp_session(page)
    show(page, False)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    last = fill(conversation, 30)
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    show(page, True)
    expect(desk.messages).to_have_count(last, timeout=SOON)


def test_a_session_that_ended_meanwhile_loses_nothing(desk, conversation, zhangwei, wangqiang, sign_in, problems):
    problems.expect("status of 401", "status of 409.*/draft")  # both tabs have the begun words
    page = desk.page
    desk.field.fill("写到一半")
    page.evaluate("sessionStorage.setItem('signed-in-again-at', String(Date.now()))")  # it has tried by itself before
    Session.objects.all().delete()
    last = fill(conversation, 5)
    page.evaluate(RETURNS["looked at"])
    expect(page.locator("[data-signed-out]")).to_be_visible()
    other = page.context.new_page()
    sign_in(other, zhangwei)
    other.close()
    page.evaluate(RETURNS["looked at"])
    expect(desk.messages).to_have_count(last)
    expect(page.locator("[data-signed-out]")).to_be_hidden()
    expect(desk.field).to_have_value("写到一半")
    # The line of the session that is gone ends late, and is not the news that it seems.
    old = until(lambda: list(hub._hub.sockets_of(zhangwei.pk)))
    for socket in old:
        asyncio.run_coroutine_threadsafe(socket.end(4401, ""), hub._hub.loop).result(10)
    until(lambda: page.evaluate("1") and set(hub._hub.sockets_of(zhangwei.pk)) - set(old))
    expect(page.locator("[data-signed-out]")).to_be_hidden()
    answer(wangqiang, conversation, "又连上了")
    expect_soon(desk, "又连上了")


WAITS = """
async () => {
  const { Polling } = await import("/static/js/polling.js");
  const waits = [];
  const [set, clear] = [window.setTimeout, window.clearTimeout];
  let due = null;
  window.setTimeout = (act, wait) => { due = act; waits.push(wait); return 1; };
  window.clearTimeout = () => { due = null; };
  const shown = (state) => Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  let ticks = 0;
  const polling = new Polling(5, () => { ticks += 1; });
  const take = (count) => { const first = waits.length; for (let n = 0; n < count; n += 1) due(); return waits.slice(first); };
  polling.start();
  polling.start();
  const begun = ticks;
  const seen = take(200);
  shown("hidden");
  const unseen = take(200);
  shown("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  const back = waits[waits.length - 1];
  polling.stop();
  const result = { begun, seen, unseen, back, stopped: due === null, ticks };
  Object.assign(window, { setTimeout: set, clearTimeout: clear });
  return result;
}
"""


def test_polling_asks_within_five_seconds_seldom_unseen_and_not_in_step(desk):
    told = desk.page.evaluate(WAITS)
    assert told["begun"] == 0, "all pages of a server that restarts would ask at once"
    assert told["ticks"] == 400
    assert all(3500 <= each <= 5000 for each in [*told["seen"], told["back"]])
    assert all(20_000 <= each <= 30_000 for each in told["unseen"])
    assert len({round(each) for each in told["seen"]}) > 100
    assert told["stopped"]
