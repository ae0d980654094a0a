"""A conversation of any length: some three hundred bubbles on the page, every message within reach, nothing jumps."""

import re

import pytest
from playwright.sync_api import expect

from conversations.commands import lifecycle

from ..processes import until
from .steps import Desk
from .test_desk import answer, ask
from .threads import change, fill, in_sight, scroll_to, seqs, top_of, watch

MOST = 300
BEFORE = re.compile(r"messages\?.*before=")
AFTER = re.compile(r"messages\?.*after=")
STANDS = "seq => document.querySelector(`#messages [data-seq='${seq}']`)"
AT_END = "s => s.scrollHeight - s.scrollTop - s.clientHeight < 2"


@pytest.fixture
def conversation(zhangwei, wangqiang):
    """Of two lines: what the employee asked, and that somebody has it."""
    return lifecycle.claim(ask(zhangwei, "打印机连不上了").pk, by=wangqiang)


def opened(open_page, sign_in, who, count, conversation, address="/itdesk/", phone=True):
    last = fill(conversation, count - 2)
    page = sign_in(open_page(phone=phone), who, address)
    expect(page.locator(f"#messages [data-seq='{last}']")).to_have_count(1)
    return page


def unbroken(numbers):
    return numbers == list(range(numbers[0], numbers[-1] + 1))


def scroll_until(page, end, seq):
    """Scroll on to that end of the list until `seq` stands there; nothing may be left out on the way."""

    def there():
        scroll_to(page, end)
        now = seqs(page)
        assert unbroken(now)
        return seq in now

    until(there, 30)


def settle(page):
    """Two frames: what follows on a change of the layout has happened."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("side", ["desk", "console"])
def test_every_message_is_within_reach_up_and_down(open_page, sign_in, zhangwei, wangqiang, conversation, side):
    who, address = (zhangwei, "/itdesk/") if side == "desk" else (wangqiang, f"/agent/conversations/{conversation.pk}/")
    page = opened(open_page, sign_in, who, 450, conversation, address, phone=side == "desk")
    assert len(seqs(page)) == 40
    watch(page)
    scroll_until(page, "top", 1)
    shown = page.evaluate("window.shown")
    assert sorted(shown["seqs"]) == list(range(1, 451)), "each once on the way up"
    scroll_until(page, "bottom", 450)
    assert seqs(page)[-1] == 450
    shown = page.evaluate("window.shown")
    assert shown["most"] <= MOST
    assert shown["unordered"] == 0
    expect(page.locator("[data-newer]")).to_be_hidden()
    # The page reads along again.
    scroll_to(page, "bottom")
    answer(wangqiang, conversation, "到最后了")
    expect(page.locator("#messages [data-seq='451']")).to_be_in_viewport()


@pytest.fixture
def far_up(open_page, sign_in, zhangwei, conversation):
    """zhangwei's page of 500 messages, scrolled to the first: the newest ones do not stand there."""
    page = opened(open_page, sign_in, zhangwei, 500, conversation)
    scroll_until(page, "top", 1)
    assert seqs(page) == list(range(1, MOST + 1))
    return page


def test_what_comes_while_the_end_is_off_the_page_is_counted_and_not_put_in(far_up, wangqiang, conversation):
    button = far_up.locator("[data-below]")
    expect(button).to_have_text("回到最新")
    for number in range(3):
        answer(wangqiang, conversation, f"新的 {number}")
    expect(button).to_have_text("3 条新消息")
    fill(conversation, 3)  # and those that only a catch-up hears of; two of them are the reader's own
    far_up.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(button).to_have_text("4 条新消息")
    assert seqs(far_up) == list(range(1, MOST + 1))
    button.click()
    expect(far_up.locator("#messages [data-seq='506']")).to_be_in_viewport()
    expect(button).to_be_hidden()
    assert seqs(far_up) == list(range(467, 507))
    answer(wangqiang, conversation, "还在看")
    expect(far_up.locator("#messages [data-seq='507']")).to_be_in_viewport()
    scroll_until(far_up, "top", 400)


def test_ones_own_words_lead_back_to_the_newest(far_up, conversation):
    desk = Desk(far_up)
    desk.write("我再说一句")
    desk.expect_delivered("我再说一句")
    expect(desk.bubble("我再说一句")).to_be_in_viewport()
    assert seqs(far_up)[-1] == 501
    assert unbroken(seqs(far_up))


def test_ones_own_words_stay_in_sight_without_a_network_and_are_never_taken_off(far_up, problems, conversation):
    problems.expect("ERR_FAILED", "ERR_INTERNET")
    desk = Desk(far_up)
    far_up.route(re.compile("/itdesk/messages"), lambda route: route.abort())
    desk.write("还没有网络")
    expect(desk.bubble("还没有网络")).to_be_in_viewport()
    far_up.unroute(re.compile("/itdesk/messages"))
    scroll_until(far_up, "bottom", 501)
    desk.expect_delivered("还没有网络")
    assert unbroken(seqs(far_up))
    assert seqs(far_up)[-1] == 501


def test_a_link_into_the_middle_opens_there_and_both_ways_go_on(open_page, sign_in, zhangwei, wangqiang, conversation):
    address = f"/itdesk/c/{conversation.pk}/?m=200"
    fill(conversation, 398)
    page = sign_in(open_page(phone=True), zhangwei, address)
    expect(page.locator("#messages [data-seq='200']")).to_be_in_viewport()
    assert max(seqs(page)) < 300
    answer(wangqiang, conversation, "最新的一句")
    expect(page.locator("[data-below]")).to_have_text("1 条新消息")
    assert 401 not in seqs(page), "put in behind a gap"
    scroll_until(page, "top", 1)
    scroll_until(page, "bottom", 401)
    page.goto(address)
    expect(page.locator("#messages [data-seq='200']")).to_be_in_viewport()
    page.locator("[data-below]").click()
    expect(page.locator("#messages [data-seq='401']")).to_be_in_viewport()


def test_whoever_flicks_past_what_has_just_come_gets_the_next(open_page, sign_in, zhangwei, conversation):
    page = opened(open_page, sign_in, zhangwei, 130, conversation)
    # Back at the top after the page has looked, and before a frame is painted: no crossing that an observer would tell.
    page.locator("#messages").evaluate(
        """list => new MutationObserver(async () => {
          for (let turn = 0; turn < 100; turn += 1) await null;
          document.querySelector("[data-scroll]").scrollTop = 0;
        }).observe(list, { childList: true })"""
    )
    scroll_to(page, "top")
    expect(page.locator("#messages [data-seq='1']")).to_have_count(1)


def test_a_recall_overtakes_a_page_that_was_read_before_it(open_page, sign_in, zhangwei, conversation):
    page = opened(open_page, sign_in, zhangwei, 200, conversation)
    held = []
    page.route(BEFORE, lambda route: held.append((route, route.fetch())))
    scroll_to(page, "top")
    until(lambda: page.evaluate("1") and held)
    change(conversation, 150, "已撤回")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    with page.expect_response(AFTER):
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    route, response = held[0]
    route.fulfill(response=response)
    expect(page.locator("#messages [data-seq='150']")).to_contain_text("已撤回")


# The place that is read -----------------------------------------------------------------------------------------------


@pytest.fixture
def reading(open_page, sign_in, zhangwei, conversation):
    """zhangwei reads in the middle of 300 messages. `still(change)`: it runs and must move nothing that is read."""
    page = opened(open_page, sign_in, zhangwei, 300, conversation)
    scroll_until(page, "top", 1)

    class Reading:
        def __init__(self):
            self.page = page

        def go(self, part):
            page.locator("[data-scroll]").evaluate("(s, part) => { s.scrollTop = s.scrollHeight * part; }", part)
            settle(page)

        def still(self, change, part=0.5):
            self.go(part)
            seq = in_sight(page)
            before = top_of(page, seq) - page.locator("[data-scroll]").evaluate("s => s.getBoundingClientRect().top")
            change(seq)
            settle(page)
            now = top_of(page, seq) - page.locator("[data-scroll]").evaluate("s => s.getBoundingClientRect().top")
            assert abs(now - before) <= 1.5, f"{seq} moved by {now - before}"

    return Reading()


def test_nothing_that_is_read_moves_when_messages_come_and_go(reading, wangqiang, conversation):
    page = reading.page

    def come(_seq):
        message = answer(wangqiang, conversation, "新的一句\n还有一行")
        expect(page.locator("[data-below]")).to_contain_text("条新消息")
        assert message.seq == 301

    def come_by_the_hundred(_seq):
        last = fill(conversation, 100)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(page.locator(f"#messages [data-seq='{last}']")).to_have_count(1)

    reading.still(come, 0.7)
    assert seqs(page)[0] > 1, "the far end gave way"
    reading.still(come_by_the_hundred, 0.8)
    above = seqs(page)[0]
    reading.still(lambda _seq: until(lambda: seqs(page)[0] < above), 0.01)


def test_nothing_that_is_read_moves_when_lines_above_it_grow_or_shrink(reading, conversation):
    page = reading.page

    def grow(seq):
        for other, words in ((seq - 3, "改过\n" * 9), (seq - 5, "短"), (seq - 1, "已撤回")):
            change(conversation, other, words)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(page.locator(f"#messages [data-seq='{seq - 1}']")).to_contain_text("已撤回")

    def load_a_picture(seq):
        page.locator(f"#messages [data-seq='{seq - 4}'] .message__bubble").evaluate(
            """bubble => new Promise((done) => {
              const picture = document.createElement("img");
              picture.onload = done;
              picture.src = "/static/img/icon.svg";
              picture.height = 200;
              bubble.append(picture);
            })"""
        )

    def change_itself(seq):
        change(conversation, seq, "这一句\n改长了\n三行")
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(page.locator(f"#messages [data-seq='{seq}']")).to_contain_text("改长了")

    reading.still(grow)
    reading.still(load_a_picture)
    reading.still(change_itself)


def test_nothing_that_is_read_moves_when_the_phone_is_turned_or_its_keyboard_comes(reading):
    page = reading.page
    for size in ({"width": 390, "height": 500}, {"width": 844, "height": 390}, {"width": 390, "height": 844}):
        reading.still(lambda _seq, size=size: page.set_viewport_size(size))
    scroll_to(page, "bottom")
    page.set_viewport_size({"width": 390, "height": 420})
    settle(page)
    assert page.locator("[data-scroll]").evaluate(AT_END)


def test_the_browser_itself_keeps_no_place(reading):
    """What holds the line in Chromium must be ours: Safari has nothing of the kind."""
    assert reading.page.locator("[data-scroll]").evaluate("s => getComputedStyle(s).overflowAnchor") == "none"
