"""An employee on a phone and agents on desktops, at the same time: what one does the other sees, once and in order."""

import json
import re

import pytest
from playwright.sync_api import expect

from accounts import roles
from conversations.models import Conversation, Message
from conversations.queries.watching import Rights

from .steps import Console, Desk

pytestmark = pytest.mark.live

ENDED = 5_000  # ms in which a right that was taken away ends an open page's socket (CONTRACT 5.7)


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


@pytest.fixture
def console(agent_page):
    console = Console(agent_page)
    console.expect_live()
    return console


@pytest.fixture
def colleague(open_page, sign_in, liyang):
    console = Console(sign_in(open_page(), liyang, "/agent/"))
    console.expect_live()
    return console


def words(place):
    """What the bubbles of people say, in the order of the page."""
    return place.page.locator("#messages [data-message]:not([data-sender-type=system]) .words").all_inner_texts()


def met(desk, console, text="打印机连不上了"):
    """The employee asks and the agent has it open."""
    desk.write(text)
    desk.expect_delivered(text)
    console.open(text)
    console.expect_delivered(text)


def test_a_whole_case_from_the_question_to_the_next_one(desk, console):
    met(desk, console)
    desk.expect_status("queued")
    console.act("claim")
    console.expect_status("assigned")
    desk.expect_status("assigned")
    expect(desk.state).to_contain_text("王强")
    console.write("重启一下打印机")
    console.expect_delivered("重启一下打印机")
    desk.expect_delivered("重启一下打印机")
    expect(desk.bubble("重启一下打印机")).to_contain_text("王强")
    desk.write("好了，谢谢")
    console.expect_delivered("好了，谢谢")
    console.act("resolve")
    desk.expect_status("resolved")
    # Again: the same conversation comes back, and an agent sees it wait.
    desk.write("又坏了")
    desk.expect_delivered("又坏了")
    desk.expect_status("queued")
    expect(console.rows.filter(has_text="又坏了")).to_have_count(1)
    console.open("又坏了")
    console.expect_delivered("又坏了")
    console.expect_status("queued")
    assert words(desk) == words(console) == ["打印机连不上了", "重启一下打印机", "好了，谢谢", "又坏了"]
    assert Conversation.objects.count() == 1


def test_of_two_agents_who_claim_together_one_wins_and_the_other_is_told_by_whom(desk, console, colleague, problems):
    problems.expect("409")
    met(desk, console)
    colleague.open("打印机连不上了")
    # Both clicks are on their way before either is answered: the second page has not heard of the first.
    for place in (console, colleague):
        place.page.route("**/claim", lambda route: held.append(route))
    held = []
    console.act("claim")
    expect(console.header.locator('[data-action="claim"]')).to_be_disabled()
    colleague.act("claim")
    expect(colleague.header.locator('[data-action="claim"]')).to_be_disabled()
    for route in held:
        route.continue_()
    for place in (console, colleague):
        place.expect_status("assigned")
    owner = Conversation.objects.get().assigned_agent
    winner, loser = (console, colleague) if owner.userid == "wangqiang" else (colleague, console)
    expect(loser.page.locator("[data-toast][role=alert]")).to_contain_text(f"{owner.name}")
    expect(winner.page.locator("[data-toast][role=alert]")).to_have_count(0)
    for place in (console, colleague):
        expect(place.header).to_contain_text(owner.name)
        expect(place.page.locator("#messages [data-sender-type=system]")).to_have_count(1)


def test_a_note_reaches_the_employees_page_by_no_way(desk, console, live, zhangwei):
    secret = "这是内部备注 kx7q2"
    met(desk, console)
    with live.recording() as sent:
        for page in (desk.page, console.page):
            page.reload()  # so that its socket, too, is recorded
        cookies = {each["name"]: each["value"] for each in desk.page.context.cookies()}
        desk.expect_delivered("打印机连不上了")
        console.write(secret, internal=True)
        console.expect_delivered(secret)
        expect(console.bubble(secret)).to_have_class(re.compile("message--note"))
        console.write("请重启电脑")
        desk.expect_delivered("请重启电脑")
        desk.page.goto("/itdesk/requests/")
        desk.page.go_back()
        desk.expect_delivered("请重启电脑")
        expect(desk.bubble(secret)).to_have_count(0)
        assert secret not in desk.page.content()
    theirs = [text for cookie, _path, text in sent if f"sessionid={cookies['sessionid']}" in cookie]
    for words, socket in ((secret, "/ws/agent/"), ("请重启电脑", "/ws/desk/")):
        assert any(words in text and path == socket for _cookie, path, text in sent), f"{socket} was not recorded"
    assert not any(secret in text or json.dumps(secret)[1:-1] in text for text in theirs)


def test_an_enter_that_ends_a_composition_sends_nothing(desk, console):
    met(desk, console)
    for place, key in ((desk, "Enter"), (console, "Control+Enter")):
        place.field.focus()
        place.field.fill("dayinji")
        place.field.dispatch_event("compositionstart", {"data": ""})
        # What browsers send while an input method takes the key: the first as the standard says, the second as Safari.
        modifier = {"ctrlKey": key.startswith("Control"), "bubbles": True, "cancelable": True}
        place.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, **modifier})
        place.field.dispatch_event("compositionend", {"data": "打印机"})
        place.field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, **modifier})
        expect(place.field).to_have_value("dayinji")
    assert Message.objects.count() == 1
    console.field.fill("现在发")
    console.field.press("Control+Enter")
    console.expect_delivered("现在发")
    desk.field.fill("收到了")
    desk.field.press("Enter")
    desk.expect_delivered("收到了")


# Rights end while a page is open ---------------------------------------------------------------------------------------
def test_a_role_taken_away_ends_the_agents_page(desk, console, problems, wangqiang):
    problems.expect("403")
    met(desk, console)
    roles.revoke(wangqiang, "agent", channel="command")
    expect(console.field).to_be_hidden(timeout=ENDED)
    console.page.goto("/agent/")
    expect(console.page.locator("#inbox")).to_have_count(0)
    expect(console.page.locator("h1")).to_be_visible()


def test_a_click_after_the_role_is_gone_does_nothing_but_say_so(desk, console, problems, wangqiang, monkeypatch):
    problems.expect("403")
    met(desk, console)
    # The socket hears nothing of it and nobody looks: only the click itself can tell. One that still stands at the door
    # would be turned away there.
    console.expect_live()
    monkeypatch.setattr("conversations.broadcast.announce_rights", lambda user_id, **facts: None)
    monkeypatch.setattr("conversations.hub._rights_of_all", unseen)
    roles.revoke(wangqiang, "agent", channel="command")
    with console.page.expect_response(re.compile("/claim$")) as answered:
        console.act("claim")
    assert answered.value.status == 403
    assert Conversation.objects.get().assigned_agent is None


async def unseen(sockets):
    return Rights(Everything(), Everything(), Everything())


class Everything:
    def __contains__(self, right):
        return True

    def get(self, user_id):
        return self

    def __eq__(self, other):
        return True


def test_logout_in_another_tab_ends_the_page(desk, console, problems):
    problems.expect("status of 401", "4401")
    desk.page.context.new_page()
    other = desk.page.context.pages[-1]
    other.goto("/itportal/?choose=1")
    other.locator("form[action$='/itportal/logout'] button").click()
    expect(other.locator("h1")).to_have_text("已退出登录")
    expect(desk.page).to_have_url(re.compile("/wecom/"), timeout=ENDED + 5_000)
    desk.page.goto("/itdesk/")
    expect(desk.page).to_have_url(re.compile("/wecom/simulator/authorize"))
