"""Several tabs of one person share one outbox: one of them sends, in order, and all know how it stands."""

import pytest
from playwright.sync_api import Error, expect

from conversations.models import Message

from .asking import until
from .steps import Desk
from .unsent import Line, back, expect_kept, expect_state, press, stored

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_NETWORK_CHANGED", "WebSocket connection to")


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


@pytest.fixture
def tabs(desk):
    """Two tabs of one browser with the same request open."""
    desk.write("开始")
    desk.expect_delivered("开始")
    other = Desk(desk.page.context.new_page())
    other.page.goto(desk.page.url)
    other.expect_delivered("开始")
    return desk, other


def test_tabs_share_one_outbox_and_send_once_in_order(tabs, problems):
    problems.expect(*OFFLINE)
    one, other = tabs
    line = Line(one.page.context)
    line.rest = "cut"
    written = [(one, "甲一"), (other, "乙一"), (one, "甲二"), (other, "乙二")]
    for tab, text in written:
        tab.write(text)
        for each in tabs:
            expect(each.bubble(text)).to_have_count(1)
    one.page.evaluate("(() => { window.dispatchEvent(new Event('online')); })()")
    line.rest = "pass"
    back(*tabs)
    for _, text in written:
        for each in tabs:
            each.expect_delivered(text)
    assert stored() == ["开始", *(text for _, text in written)]
    assert len(line.passed) == len(set(line.passed)) == len(written)
    expect_kept(one.page)


def test_a_killed_or_closed_tab_hands_over(tabs, problems):
    problems.expect(*OFFLINE)
    one, other = tabs
    hanging = Line(one.page)
    hanging.rest = "hang"
    passing = Line(other.page)
    one.write("没了的")
    until(other.page, lambda: hanging.tried)
    expect(other.bubble("没了的")).to_have_count(1)
    assert passing.tried == []  # while it lives, the others leave it to that tab
    with pytest.raises(Error):
        one.page.goto("chrome://crash")
    other.expect_delivered("没了的")
    third = Desk(other.page.context.new_page())
    third.page.goto(other.page.url)
    passing.rest = "hang"
    other.write("关掉的")
    expect(third.bubble("关掉的")).to_have_count(1)
    other.page.close()
    third.expect_delivered("关掉的")
    assert stored() == ["开始", "没了的", "关掉的"]


def test_what_one_tab_takes_back_is_gone_from_the_others(tabs, problems, settings):
    problems.expect("status of 422")
    settings.MESSAGE_MAX_CHARS = 4
    one, other = tabs
    one.write("这句太长了")
    expect_state(other, "这句太长了", "refused")
    press(one, "这句太长了", "discard")
    expect(other.bubble("这句太长了")).to_have_count(0)
    press(one, "这句太长了", "undo")
    press(other, "这句太长了", "edit")
    expect(other.field).to_have_value("这句太长了")
    expect(one.bubble("这句太长了")).to_have_count(0)
    expect(one.field).to_have_value("")


def test_another_page_goes_on_in_the_request_that_the_first_words_opened(desk, problems):
    """The first words of a page open a request; whoever sends them, what follows goes there."""
    problems.expect(*OFFLINE)
    desk.page.goto("/itdesk/?new=1")
    line = Line(desk.page.context)
    line.answers, line.rest = ["hang"], "cut"
    desk.write("第一句")
    desk.write("第二句")
    until(desk.page, lambda: line.hung)
    line.hung[0].continue_()
    until(desk.page, lambda: len(line.tried) >= 2)
    desk.page.reload()  # what is left was written for a request that had no number yet
    line.rest = "pass"
    desk.expect_delivered("第一句")
    desk.expect_delivered("第二句")
    assert Message.objects.get(content="第一句").conversation == Message.objects.get(content="第二句").conversation


def test_an_empty_page_follows_words_whose_tab_never_says_where_they_went(desk, problems):
    """It saw them wait, and so left the request to their answer."""
    problems.expect("status of 409.*/draft")
    other = Desk(desk.page.context.new_page())
    other.page.add_init_script("""
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (String(key).startsWith("topic:")) throw new DOMException("no room", "QuotaExceededError");
        return put.call(this, value, key);
      };
    """)
    other.page.goto("/itdesk/")
    line = Line(desk.page.context)
    line.answers = ["hang"]
    other.write("第一句")
    expect(desk.bubble("第一句")).to_have_count(1)
    until(other.page, lambda: line.hung)
    line.hung[0].continue_()
    for each in (desk, other):
        each.expect_delivered("第一句")
    assert stored() == ["第一句"]


def test_where_words_went_is_on_the_device_before_they_leave_it(desk):
    desk.page.evaluate("""() => {
      window.done = [];
      for (const name of ["put", "delete"]) {
        const act = IDBObjectStore.prototype[name];
        IDBObjectStore.prototype[name] = function (...args) {
          window.done.push(`${name} ${args[args.length - 1]}`);
          return act.apply(this, args);
        };
      }
    }""")
    desk.write("第一句")
    desk.expect_delivered("第一句")
    expect_kept(desk.page)
    done = [each.partition(":")[0] for each in desk.page.evaluate("window.done")]
    assert done.index("put topic") < done.index("delete outbox")
