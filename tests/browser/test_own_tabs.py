"""Two tabs and a phone of one person agree: what was written, what was read, and how the request stands.

Nothing but a frame can bring it in the time that these tests wait: a beat comes every 25 s, and nobody comes back to a
page that was never left.
"""

import re

import pytest
from playwright.sync_api import expect

from conversations.commands import lifecycle
from conversations.models import ReadMark

from .hints import show
from .steps import Console, Desk
from .test_desk import until
from .test_reading import answer, ask

pytestmark = pytest.mark.live

WITHIN = 5_000  # ms; a frame takes some hundredths of it, the machine of a test run may be busy


@pytest.fixture
def devices(open_page, sign_in):
    """`devices(user, path)`: two tabs of one browser and a phone, all at this address."""

    def three(user, path):
        phone, tab = sign_in(open_page(phone=True), user, path), sign_in(open_page(), user, path)
        second = tab.context.new_page()
        second.goto(path)
        return tab, second, phone

    return three


def test_an_employees_pages_agree_on_messages_state_and_what_was_read(devices, zhangwei, wangqiang):
    talk, other = ask(zhangwei, "打印机连不上了"), ask(zhangwei, "还有一件事", new_topic=True)
    tab, second, phone = (Desk(page) for page in devices(zhangwei, f"/itdesk/c/{talk.pk}/"))
    tab.write("又试了一次")
    for place in (tab, second, phone):
        expect(place.bubble("又试了一次")).to_have_count(1, timeout=WITHIN)
    lifecycle.claim(talk.pk, by=wangqiang)
    for place in (tab, second, phone):
        expect(place.state).to_contain_text("王强", timeout=WITHIN)
    # What is written in the other request is news everywhere, until one of the pages has shown it for a second.
    show(second.page, False)
    answer(wangqiang, other, "另一件好了")
    badges = [place.page.locator("[data-unread]") for place in (tab, second, phone)]
    for badge in badges:
        expect(badge).to_have_text("2", timeout=WITHIN)  # the claim and the answer
    phone.page.goto(f"/itdesk/c/{other.pk}/")
    for badge in badges[:2]:
        expect(badge).to_be_hidden(timeout=WITHIN)
    # A title that counts what came while nobody looked forgets it when it was read elsewhere.
    answer(wangqiang, talk, "请重启")
    expect(second.page).to_have_title(re.compile(r"^\(\d\) "), timeout=WITHIN)
    expect(tab.bubble("请重启")).to_be_in_viewport()
    expect(second.page).not_to_have_title(re.compile(r"^\("), timeout=WITHIN)


def test_an_agents_pages_agree_on_what_is_unread_and_who_has_it(devices, zhangwei, lina, wangqiang):
    talk, quiet = ask(zhangwei, "打印机连不上了"), ask(lina, "屏幕闪烁")
    tab, second, phone = (Console(page) for page in devices(wangqiang, "/agent/?view=all"))
    for place in (tab, second, phone):
        place.expect_live()
    ask(zhangwei, "还在吗", conversation_id=talk.pk)
    unread = {
        place: place.page.locator(".item--unread").filter(has=place.row(talk.pk)) for place in (tab, second, phone)
    }
    for place, mark in unread.items():
        expect(mark).to_have_count(1)
        expect(place.page).to_have_title(re.compile(r"^\(1\) "))
    tab.row(talk.pk).click()
    tab.expect_delivered("还在吗")
    for place, mark in unread.items():
        expect(mark).to_have_count(0, timeout=WITHIN)
        expect(place.page).not_to_have_title(re.compile(r"^\("), timeout=WITHIN)
    second.row(talk.pk).click()
    tab.act("claim")
    tab.write("请先重启")
    second.expect_delivered("请先重启")
    second.expect_status("assigned")
    expect(phone.row(talk.pk)).to_contain_text("王强", timeout=WITHIN)
    # Own words are no news, on no page; a note by another page of mine is read with it.
    tab.write("只给同事看", internal=True)
    second.expect_delivered("只给同事看")
    show(second.page, False)
    ask(lina, "在吗", conversation_id=quiet.pk)
    for place in (tab, second, phone):
        mark = place.page.locator(".item--unread").filter(has=place.row(quiet.pk))
        expect(mark).to_have_count(1, timeout=WITHIN)
    expect(unread[phone]).to_have_count(0, timeout=WITHIN)


def test_rows_that_the_server_wrote_before_it_knew_do_not_bring_a_mark_back(open_page, sign_in, zhangwei, wangqiang):
    talk = ask(zhangwei, "打印机连不上了")
    console = Console(sign_in(open_page(), wangqiang, "/agent/?view=all"))
    console.expect_live()
    mark = console.page.locator(".item--unread")
    expect(mark).to_have_count(1)
    stale = console.page.locator("#inbox-list").inner_html()
    console.row(talk.pk).click()
    expect(mark).to_have_count(0)
    console.page.evaluate(
        """rows => {
          const list = document.getElementById("inbox-list");
          window.htmx.swap(list, rows, { swapStyle: "innerHTML" });
        }""",
        stale,
    )
    expect(console.row(talk.pk)).to_be_visible()
    expect(mark).to_have_count(0)


@pytest.mark.parametrize("shown", [False, True])
def test_the_sign_of_having_read_stands_once_and_moves(open_page, sign_in, zhangwei, wangqiang, settings, shown):
    settings.EMPLOYEE_SEES_READ = shown
    talk = ask(zhangwei, "打印机连不上了")
    answer(wangqiang, talk, "请重启")
    console = Console(sign_in(open_page(), wangqiang, f"/agent/conversations/{talk.pk}/"))
    console.expect_live()
    sign = console.page.locator("#messages .message__read")
    expect(console.bubble("请重启")).to_be_visible()
    expect(sign).to_have_count(0)
    desk = Desk(sign_in(open_page(phone=True), zhangwei))
    expect(console.bubble("请重启").locator(".message__read")).to_have_text("已读")
    place = console.bubble("请重启").bounding_box()
    console.write("再试试")
    console.expect_delivered("再试试")
    expect(console.bubble("再试试").locator(".message__read")).to_have_text("已读")
    expect(sign).to_have_count(1)
    assert console.bubble("请重启").bounding_box()["height"] == place["height"]
    console.page.reload()
    expect(console.bubble("再试试").locator(".message__read")).to_have_text("已读")
    # The other way only where the house allows it.
    desk.write("好了")
    console.expect_delivered("好了")
    theirs = desk.page.locator("#messages .message__read")
    if shown:
        expect(desk.bubble("好了").locator(".message__read")).to_have_text("已读")
        expect(theirs).to_have_attribute("title", "客服已读")
        desk.page.reload()
        expect(theirs).to_have_count(1)
    else:
        until(console.page, lambda: ReadMark.objects.filter(user=wangqiang, read_seq=talk.messages.count()).exists())
        console.write("不客气")
        desk.expect_delivered("不客气")  # whatever could have been told of the reading came before it
        expect(theirs).to_have_count(0)


def test_an_empty_page_goes_to_the_request_that_another_device_opened(devices, zhangwei, problems):
    problems.expect("status of 409.*/draft")  # all of them take the begun words along
    tab, second, phone = (Desk(page) for page in devices(zhangwei, "/itdesk/"))
    phone.field.fill("还在写")
    tab.write("打印机连不上了")
    for place in (tab, second, phone):
        expect(place.bubble("打印机连不上了")).to_have_count(1, timeout=WITHIN)
        expect(place.page).to_have_url(re.compile("/itdesk/c/"))
        expect(place.state).to_contain_text("排队中")
    expect(phone.field).to_have_value("还在写")
    expect(phone.page.locator("[data-draft-line]")).to_be_hidden()


def test_an_empty_page_finds_a_request_that_was_opened_while_it_was_away(devices, zhangwei, problems):
    problems.expect("ERR_INTERNET_DISCONNECTED")
    tab, _second, phone = (Desk(page) for page in devices(zhangwei, "/itdesk/"))
    phone.page.context.set_offline(True)
    tab.write("打印机连不上了")
    tab.expect_delivered("打印机连不上了")
    phone.page.context.set_offline(False)
    expect(phone.bubble("打印机连不上了")).to_have_count(1)


def test_a_page_for_a_new_request_does_not_go_to_another_one(devices, zhangwei, wangqiang):
    ask(zhangwei, "打印机连不上了")
    _tab, _second, phone = (Desk(page) for page in devices(zhangwei, "/itdesk/?new=1"))
    expect(phone.field).to_be_visible()
    talk = ask(zhangwei, "还有一件事", new_topic=True)
    answer(wangqiang, talk, "另一件好了")
    expect(phone.page.locator("[data-unread]")).to_be_visible()  # it has heard of both
    expect(phone.page).to_have_url(re.compile(r"\?new=1$"))
    expect(phone.messages).to_have_count(0)
