"""What somebody has begun to write follows them: over devices, owners, logouts; and is gone once it was sent."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from conversations.access import EMPLOYEE
from conversations.commands import drafts, lifecycle
from conversations.models import Draft, Message
from conversations.views import desk as desk_views

from .steps import Console, Desk
from .test_desk import KEPT, POSTS, ask

SAVINGS = re.compile(r"/draft$")
AGREE = 5_000  # ms: nothing but the frame tells so soon; on a machine of its own it takes a fraction of a second


@pytest.fixture
def conversation(everybody, zhangwei):
    return ask(zhangwei, "打印机连不上了")


@pytest.fixture
def at_desk(open_page, sign_in, zhangwei, conversation):
    """`at_desk()`: another device of zhangwei, on the request."""
    return lambda **more: Desk(sign_in(open_page(**more), zhangwei, f"/itdesk/c/{conversation.pk}/"))


@pytest.fixture
def at_console(open_page, sign_in, wangqiang, conversation):
    """`at_console()`: another device of wangqiang; `opened`: with the conversation open."""

    def open_console(opened=True, user=wangqiang, **more):
        console = Console(sign_in(open_page(**more), user, "/agent/?view=all"))
        console.expect_live()
        if opened:
            console.row(conversation.pk).click()
            expect(console.header).to_be_visible()
        return console

    return open_console


def saved(author, text):
    """`author` has this and nothing else begun in some place."""
    return Draft.objects.filter(user=author, content=text).exists()


def until(page, condition):
    """Ask again, for ten seconds at most, until it holds."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came true")


def leave_field(place):
    place.field.evaluate("field => field.blur()")


def mark(console, conversation):
    return console.row(conversation.pk).locator("[data-draft]")


def other_version(place):
    return place.page.locator("[data-draft-line]")


# Saving ----------------------------------------------------------------------------------------------------------------
def test_it_is_saved_every_two_seconds_while_somebody_types(at_desk, zhangwei):
    desk = at_desk()
    savings = []
    desk.page.on("request", lambda each: SAVINGS.search(each.url) and each.method == "POST" and savings.append(each))
    desk.page.clock.install()
    desk.page.clock.pause_at(desk.page.evaluate("Date.now() + 1000"))
    desk.field.press_sequentially("打印机")
    desk.page.clock.run_for(1_900)
    desk.field.press_sequentially("又坏了")
    assert savings == []
    desk.page.clock.run_for(200)
    until(desk.page, lambda: saved(zhangwei, "打印机又坏了"))
    assert len(savings) == 1


def test_it_is_saved_when_the_page_is_left(at_desk, zhangwei):
    desk = at_desk()
    desk.field.type("写到一半")
    desk.page.goto("about:blank")
    until(desk.page, lambda: saved(zhangwei, "写到一半"))
    again = at_desk()
    expect(again.field).to_have_value("写到一半")


def test_words_that_are_saved_while_the_page_is_on_its_way_stand_on_it(at_desk, zhangwei, conversation, monkeypatch):
    """As those of a page that is reloaded: its last saving may come after the next page was made, and before its line."""
    desk = at_desk()
    found = desk_views.own_draft
    named = {"author": zhangwei, "audience": EMPLOYEE, "conversation_id": conversation.pk}

    def then_saved(*place):
        before = found(*place)
        drafts.save_draft(**named, draft_id=uuid.uuid4(), step=1, base=0, content="写到一半")
        return before

    with monkeypatch.context() as once:
        once.setattr(desk_views, "own_draft", then_saved)
        desk.page.reload()
    expect(desk.field).to_have_value("写到一半")


def test_a_server_that_keeps_no_drafts_holds_up_nothing(at_desk, zhangwei, problems):
    problems.expect("status of 503", "status of 500")
    desk = at_desk()
    desk.page.route(SAVINGS, lambda route: route.fulfill(status=503, body=""))
    desk.field.type("写到一半")
    leave_field(desk)
    expect(other_version(desk)).to_have_text(re.compile("只保存在这台设备上"))
    desk.page.reload()
    expect(desk.field).to_have_value("写到一半")
    desk.field.press("Enter")
    desk.expect_delivered("写到一半")
    expect(other_version(desk)).to_be_hidden()


def test_what_is_on_its_way_as_a_message_does_not_stand_in_the_field_again(at_desk, zhangwei, problems, monkeypatch):
    problems.expect("ERR_FAILED")
    desk = at_desk()
    with monkeypatch.context() as silent:
        # The page never hears that its words arrived: neither the answer nor the frame reaches it.
        silent.setattr("conversations.broadcast.announce_draft", lambda draft: None)
        desk.page.route(SAVINGS, lambda route: (route.fetch(), route.abort()))
        desk.field.type("发出去了吗")
        leave_field(desk)
        until(desk.page, lambda: saved(zhangwei, "发出去了吗"))
    desk.page.route(POSTS, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    desk.field.press("Enter")
    expect(desk.bubble("发出去了吗")).to_have_class(re.compile("message--pending"))
    desk.page.unroute(SAVINGS)
    desk.page.reload()
    expect(desk.bubble("发出去了吗")).to_have_class(re.compile("message--pending"))
    desk.field.type("还有")
    expect(desk.field).to_have_value("还有")
    desk.page.unroute(POSTS)
    desk.page.evaluate("window.dispatchEvent(new Event('online'))")
    desk.expect_delivered("发出去了吗")
    leave_field(desk)
    until(desk.page, lambda: saved(zhangwei, "还有"))
    expect(desk.field).to_have_value("还有")


def test_a_tab_that_only_hears_of_words_does_not_write_over_newer_ones(at_desk, zhangwei, problems):
    problems.expect("ERR_FAILED")
    desk = at_desk()
    other = Desk(desk.page.context.new_page())
    other.page.goto(desk.page.url)
    leave_field(other)
    held = []
    other.page.route(SAVINGS, lambda route: held.append(route))
    desk.field.type("打印机")
    leave_field(desk)
    until(desk.page, lambda: held)
    desk.page.route(SAVINGS, lambda route: route.abort())
    desk.field.focus()
    desk.field.press("End")
    desk.field.type("又坏了")
    until(desk.page, lambda: "打印机又坏了" in str(desk.page.evaluate(KEPT)))
    held[0].continue_()
    expect(other.field).to_have_value("打印机")
    desk.page.reload()
    expect(desk.field).to_have_value("打印机又坏了")


# Two devices -----------------------------------------------------------------------------------------------------------
def test_a_phone_and_a_computer_agree_at_once_and_sending_empties_both(at_desk, zhangwei):
    phone, computer = at_desk(phone=True), at_desk()
    leave_field(computer)
    phone.field.type("手机上写的")
    leave_field(phone)
    expect(computer.field).to_have_value("手机上写的", timeout=AGREE)
    computer.field.press("End")
    computer.field.type("，电脑上接着写")
    leave_field(computer)
    expect(phone.field).to_have_value("手机上写的，电脑上接着写", timeout=AGREE)
    phone.page.locator("[data-composer] button[type=submit]").click()
    phone.expect_delivered("手机上写的，电脑上接着写")
    computer.expect_delivered("手机上写的，电脑上接着写")
    expect(computer.field).to_have_value("", timeout=AGREE)
    assert not Draft.objects.exclude(content="").exists()
    assert Message.objects.filter(content="手机上写的，电脑上接着写").count() == 1


def test_what_is_being_typed_is_never_taken_away(at_desk, problems):
    problems.expect("status of 409")
    phone, computer = at_desk(phone=True), at_desk()
    computer.field.type("电脑上写的")
    leave_field(computer)  # saves it
    computer.field.focus()
    expect(phone.field).to_have_value("电脑上写的")
    phone.field.fill("手机上写的")
    leave_field(phone)
    expect(other_version(computer)).to_contain_text("手机上写的", timeout=AGREE)
    expect(computer.field).to_have_value("电脑上写的")
    computer.field.type("，还有")
    phone.field.fill("手机上又写的")
    leave_field(phone)
    expect(other_version(computer)).to_contain_text("手机上又写的", timeout=AGREE)
    expect(computer.field).to_have_value("电脑上写的，还有")
    other_version(computer).locator("[data-use]").click()
    expect(computer.field).to_have_value("手机上又写的")
    expect(other_version(computer)).to_contain_text("电脑上写的，还有")
    other_version(computer).locator("[data-drop]").click()
    expect(other_version(computer)).to_be_hidden()
    expect(computer.field).to_be_focused()


def test_a_draft_of_a_new_request_waits_for_it_and_follows_into_it(at_desk, open_page, sign_in, zhangwei):
    first = Desk(sign_in(open_page(), zhangwei, "/itdesk/?new=1"))
    first.field.type("新问题")
    leave_field(first)
    until(first.page, lambda: saved(zhangwei, "新问题"))
    other = Desk(sign_in(open_page(phone=True), zhangwei, "/itdesk/?new=1"))
    expect(other.field).to_have_value("新问题")
    other.page.route("**/itdesk/messages", lambda route: held.append(route))
    held = []
    other.page.locator("[data-composer] button[type=submit]").click()
    other.field.type("还有一句")
    leave_field(other)
    until(other.page, lambda: saved(zhangwei, "还有一句") and held)
    held[0].continue_()
    other.expect_delivered("新问题")
    opened = Message.objects.get(content="新问题").conversation
    until(
        other.page,
        lambda: (
            list(Draft.objects.exclude(content="").values_list("conversation_id", "content"))
            == [(opened.pk, "还有一句")]
        ),
    )
    expect(other.field).to_have_value("还有一句")


# The composer stays ----------------------------------------------------------------------------------------------------
def test_the_composer_survives_every_change_of_owner(at_console, conversation, wangqiang, liyang, zhangwei):
    console = at_console()
    console.page.locator('[data-mode-key="note"]').click()
    console.field.type("他上周也问过")
    field = console.field.element_handle()
    for change in (
        lambda: lifecycle.claim(conversation.pk, by=liyang),
        lambda: lifecycle.transfer(conversation.pk, by=liyang, to=wangqiang),
        lambda: lifecycle.resolve(conversation.pk, by=liyang),
        lambda: ask(zhangwei, "又坏了", conversation_id=conversation.pk),
    ):
        change()
        conversation.refresh_from_db()
        console.expect_status(conversation.status)
        expect(console.field).to_have_value("他上周也问过")
    assert console.field.evaluate("(now, before) => now === before", field)
    assert console.field.evaluate("field => document.activeElement === field")
    expect(console.page.locator("[data-reply]")).to_have_attribute("data-mode", "note")


def test_logging_out_and_in_elsewhere_finds_the_same_words(at_console, wangqiang, problems):
    problems.expect("status of 401", "4401")
    console = at_console()
    console.page.locator('[data-mode-key="note"]').click()
    console.field.type("写到一半")
    leave_field(console)
    until(console.page, lambda: saved(wangqiang, "写到一半"))
    console.page.goto("/itportal/?choose=1")
    console.page.locator("form[action$='/itportal/logout'] button").click()
    expect(console.page.locator("h1")).to_have_text("已退出登录")
    elsewhere = at_console()
    expect(elsewhere.field).to_have_value("写到一半")
    expect(elsewhere.page.locator("[data-reply]")).to_have_attribute("data-mode", "note")


# The mark in the list --------------------------------------------------------------------------------------------------
def test_rows_are_marked_for_their_author_alone_until_it_is_sent(at_console, conversation, zhangwei, wangqiang, liyang):
    console, other_device, colleague = at_console(), at_console(opened=False), at_console(opened=False, user=liyang)
    console.field.type("重启一下打印机")
    leave_field(console)
    for place in (console, other_device):
        expect(mark(place, conversation)).to_have_text(re.compile(r"\[草稿\]\s*重启一下打印机"), timeout=AGREE)
    # A row that comes anew, rendered once for all agents, is marked again on the author's page and on no other.
    lifecycle.claim(conversation.pk, by=liyang)
    for place in (console, other_device, colleague):
        expect(place.row(conversation.pk)).to_contain_text("李洋")
    expect(mark(other_device, conversation)).to_be_visible()
    other_device.page.reload()
    other_device.expect_live()
    expect(mark(other_device, conversation)).to_contain_text("重启一下打印机")
    expect(mark(colleague, conversation)).to_have_count(0)
    assert "重启一下打印机" not in colleague.page.content()
    console.page.locator("[data-send]").click()
    console.expect_delivered("重启一下打印机")
    for place in (console, other_device):
        expect(mark(place, conversation)).to_have_count(0, timeout=AGREE)


def test_the_employees_list_tells_of_drafts(at_desk, conversation, zhangwei):
    desk = at_desk(phone=True)
    desk.field.type("对了")
    desk.page.locator("a.bar__link").click()
    item = desk.page.locator(".request").filter(has_text="打印机连不上了")
    expect(item).to_contain_text("[草稿]")
    expect(item).to_contain_text("对了")
    keep = {"author": zhangwei, "audience": "employee", "draft_id": uuid.uuid4(), "step": 1, "base": 0}
    drafts.save_draft(conversation_id=None, content="新的问题", **keep)
    fresh = desk.page.locator(".request").filter(has_text="新的问题")
    expect(fresh).to_contain_text("[草稿]", timeout=AGREE)
    fresh.click()
    expect(desk.field).to_have_value("新的问题")
    desk.field.press("Enter")
    desk.expect_delivered("新的问题")
    desk.page.goto("/itdesk/requests/")
    expect(desk.page.locator(".request").filter(has_text="新的问题")).not_to_contain_text("[草稿]")
