"""Read means seen for a second by somebody; what was read is known to one's other pages and to the other side."""

import uuid

import pytest
from playwright.sync_api import expect

from conversations.commands import messages
from conversations.models import Conversation, ReadMark
from tests.processes import until

from .hints import recorded, show, stop_the_clock, told
from .steps import Desk


def ask(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


def answer(author, conversation, content="我看一下", **more):
    fields = {"author": author, "conversation_id": conversation.pk, "content": content, "client_id": uuid.uuid4()}
    return messages.post_reply(**fields, **more)[0]


def seen(place, text):
    """It stands on the screen, and every observer of the page has been told so."""
    place.expect_delivered(text)
    expect(place.bubble(text)).to_be_in_viewport()


def seqs_told(page):
    return [frame["seq"] for frame in told(page, "read") if "seq" in frame]


def shown_told(page):
    return [frame["shown"] for frame in told(page, "read") if "shown" in frame]


@pytest.fixture
def waiting_desk(open_page, sign_in, zhangwei, wangqiang):
    """The employee's page on a clock that stands still, everything before now read."""
    answer(wangqiang, ask(zhangwei))
    page = recorded(open_page(phone=True))
    page.clock.install()
    desk = Desk(sign_in(page, zhangwei))
    seen(desk, "我看一下")
    page.wait_for_function("() => window.told.some((frame) => frame.type === 'watch')")
    stop_the_clock(page)
    page.clock.run_for(1200)
    assert seqs_told(page) == [3]
    return desk


def test_a_line_is_read_after_a_second_on_a_visible_page_and_not_before(waiting_desk, wangqiang):
    page, conversation = waiting_desk.page, Conversation.objects.get()
    answer(wangqiang, conversation, "先重启")
    seen(waiting_desk, "先重启")
    page.clock.run_for(900)
    assert seqs_told(page) == [3]
    # What comes meanwhile holds nothing up, and has a second of its own.
    answer(wangqiang, conversation, "再打印")
    seen(waiting_desk, "再打印")
    page.clock.run_for(200)
    assert seqs_told(page) == [3, 4]
    page.clock.run_for(1000)
    assert seqs_told(page) == [3, 4, 5]


def test_a_hidden_page_or_a_line_out_of_sight_reads_nothing(waiting_desk, wangqiang):
    page, conversation = waiting_desk.page, Conversation.objects.get()
    show(page, False)
    answer(wangqiang, conversation, "有人吗")
    seen(waiting_desk, "有人吗")
    page.clock.run_for(5000)
    assert seqs_told(page) == [3]
    show(page)
    page.clock.run_for(900)
    show(page, False)
    page.clock.run_for(5000)
    show(page)
    page.clock.run_for(900)
    assert seqs_told(page) == [3]
    page.clock.run_for(200)
    assert seqs_told(page) == [3, 4]
    for number in range(12):
        answer(wangqiang, conversation, f"第 {number} 步\n" + "很长\n" * 8)
    waiting_desk.expect_delivered("第 11 步")
    page.evaluate("() => document.querySelector('[data-scroll]').scrollTo(0, 0)")
    expect(waiting_desk.bubble("第 11 步")).not_to_be_in_viewport()
    page.clock.run_for(3000)
    assert max(seqs_told(page)) < 16
    page.evaluate("() => document.querySelector('[data-scroll]').scrollTo(0, 1e6)")
    seen(waiting_desk, "第 11 步")
    page.clock.run_for(1100)
    assert max(seqs_told(page)) == 16


def test_a_visible_page_confirms_at_once_what_it_holds_even_out_of_sight_and_a_hidden_one_nothing(
    waiting_desk, wangqiang
):
    page, conversation = waiting_desk.page, Conversation.objects.get()
    assert shown_told(page) == [3]
    for number in range(12):
        answer(wangqiang, conversation, f"第 {number} 步\n" + "很长\n" * 8)
    waiting_desk.expect_delivered("第 11 步")
    page.clock.run_for(1100)
    page.evaluate("() => document.querySelector('[data-scroll]').scrollTo(0, 0)")
    answer(wangqiang, conversation, "还在吗")
    waiting_desk.expect_delivered("还在吗")
    page.clock.run_for(1100)
    assert max(seqs_told(page)) < 16 <= max(shown_told(page))
    until(lambda: ReadMark.objects.get(user=conversation.employee).shown_seq == 16)
    show(page, False)
    answer(wangqiang, conversation, "有人吗")
    waiting_desk.expect_delivered("有人吗")
    page.clock.run_for(5000)
    assert max(shown_told(page)) == 16
    show(page)
    assert max(shown_told(page)) == 17
