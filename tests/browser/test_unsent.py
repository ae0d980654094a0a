"""How bubbles stand that were not sent, at the desk and at the console, and what can be done about them."""

import re

import pytest
from playwright.sync_api import expect

from conversations.commands import messages
from conversations.models import Message

from .asking import ask, until
from .steps import Console, Desk
from .unsent import Line, back, expect_kept, expect_state, press, stored

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_NETWORK_CHANGED", "WebSocket connection to")


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


# The look ----------------------------------------------------------------------------------------------------------------


def test_trying_again_and_again_is_said_aloud_once(desk, problems):
    problems.expect(*OFFLINE)
    desk.page.evaluate("""() => {
      window.said = [];
      const place = document.getElementById("unsent-news");
      new MutationObserver(() => window.said.push(place.textContent)).observe(place, { childList: true });
    }""")
    line = Line(desk.page)
    line.rest = "cut"
    desk.write("断网")
    for tries in (1, 2, 3):
        until(desk.page, lambda tries=tries: len(line.tried) >= tries)
        back(desk)
    expect_state(desk, "断网", "offline")
    assert desk.page.evaluate("window.said") == ["暂时连不上，连上后自动发送"]


def test_what_never_left_may_be_taken_back(desk, problems):
    problems.expect(*OFFLINE)
    line = Line(desk.page)
    line.rest = "cut"
    desk.write("也许到了")
    expect_state(desk, "也许到了", "offline")
    expect(desk.bubble("也许到了").locator("[data-way]:visible")).to_have_count(0)
    desk.page.context.set_offline(True)
    desk.write("没有离开")
    expect(desk.bubble("没有离开")).to_contain_text("网络恢复后自动发送")
    press(desk, "没有离开", "edit")
    expect(desk.field).to_have_value("没有离开")
    line.rest = "pass"
    desk.page.context.set_offline(False)
    desk.expect_delivered("也许到了")
    assert stored() == ["也许到了"]


@pytest.mark.parametrize("look", [{"color_scheme": "dark", "locale": "en-US"}, {"color_scheme": "light"}])
def test_the_unsent_fit_a_narrow_phone(open_page, sign_in, check_axe, zhangwei, problems, settings, look):
    problems.expect(*OFFLINE, "status of 422")
    page = open_page(**look, viewport={"width": 320, "height": 568})
    desk = Desk(sign_in(page, zhangwei))
    line = Line(page)
    settings.MESSAGE_MAX_CHARS = 300
    desk.write("refused " * 40)
    expect_state(desk, "refused", "refused")
    line.rest = "cut"
    desk.write("waiting")
    expect_state(desk, "waiting", "offline")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    check_axe(page)


# The agent ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def console(agent_page):
    console = Console(agent_page)
    console.expect_live()
    return console


def test_an_agents_words_survive_a_reload_and_are_edited_when_refused(console, problems, zhangwei, settings):
    problems.expect(*OFFLINE, "status of 422")
    conversation = ask(zhangwei)
    console.open("打印机")
    line = Line(console.page.context, f"**/agent/conversations/{conversation.pk}/messages")
    line.rest = "cut"
    console.write("请重启一下打印机")
    expect_state(console, "请重启一下打印机", "offline")
    console.write("先别告诉他", internal=True)
    expect(console.bubble("先别告诉他")).to_have_class(re.compile("message--note"))
    expect_kept(console.page, "请重启一下打印机", "先别告诉他")
    line.rest = "pass"
    settings.MESSAGE_MAX_CHARS = 6
    console.page.reload()
    console.expect_delivered("先别告诉他")
    assert Message.objects.get(content="先别告诉他").internal
    expect(console.bubble("请重启一下打印机")).to_contain_text("没有发出：文字超过 6 字")
    press(console, "请重启一下打印机", "edit")
    expect(console.field).to_have_value("请重启一下打印机")
    expect(console.page.locator("#reply")).to_have_attribute("data-mode", "reply")
    console.field.fill("请重启")
    console.page.locator("[data-send]").click()
    console.expect_delivered("请重启")
    expect_kept(console.page)


def test_an_answer_that_came_too_late_asks_on_its_bubble_after_a_reload(console, problems, zhangwei):
    problems.expect(*OFFLINE, "409")
    conversation = ask(zhangwei)
    console.open("打印机")
    line = Line(console.page.context, f"**/agent/conversations/{conversation.pk}/messages")
    line.rest = "cut"
    console.write("请重启打印机")
    expect_state(console, "请重启打印机", "offline")
    messages.post_message(
        author=zhangwei,
        content="已经好了",
        client_id="00000000-0000-4000-8000-00000000000a",
        conversation_id=conversation.pk,
    )
    line.rest = "pass"
    console.page.reload()
    expect_state(console, "请重启打印机", "refused")
    assert "请重启打印机" not in stored()
    press(console, "请重启打印机", "send")
    console.expect_delivered("请重启打印机")
    assert stored()[-2:] == ["已经好了", "请重启打印机"]


def test_a_refusal_in_a_thread_that_was_left_is_not_overlooked(console, problems, zhangwei, lina, settings):
    problems.expect("status of 422")
    ask(lina, "VPN 断了")
    conversation = ask(zhangwei)
    console.open("打印机")
    line = Line(console.page, f"**/agent/conversations/{conversation.pk}/messages")
    line.answers = ["hang"]
    settings.MESSAGE_MAX_CHARS = 4
    console.write("请重启打印机")
    until(console.page, lambda: line.hung)
    console.open("VPN")
    line.hung[0].continue_()
    expect(console.page.locator("[data-toast]")).to_contain_text("有一条回复没有发出")
    console.open("打印机")
    expect(console.bubble("请重启打印机")).to_contain_text("没有发出：文字超过 4 字")
