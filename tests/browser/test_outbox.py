"""What somebody wrote is on their device until the server has it: over reloads, crashes, sign-ins and other tabs."""

import os
import re
import signal
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from conversations.commands import messages
from conversations.models import Attachment, Message
from wecom import addresses

from .conftest import FLAGS, PHONE
from .steps import Console, Desk, sign_in_at
from .test_desk import KEPT, PIXEL, ask, until

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_NETWORK_CHANGED", "WebSocket connection to")
AN_HOUR = 3600 * 1000  # ms
CLIENT_ID = re.compile(r'name="client_id"\r\n\r\n([0-9a-f-]{36})')
PASTE = """(field, pixel) => {
  const bytes = Uint8Array.from(atob(pixel), (char) => char.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "截图.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


class Line:
    """What a page's sends meet. `line.answers` are given first, one to each send; then `line.rest` to all others.

    An answer is `"pass"`, `"cut"` (never arrives), `"lose"` (arrives, its answer does not), `"hang"`, or the arguments
    of a fulfilment. `line.tried` lists the client ids of all sends, `line.passed` of those that reached the server.
    """

    def __init__(self, place, path="**/itdesk/messages"):
        self.answers, self.rest = [], "pass"
        self.tried, self.passed, self.hung = [], [], []
        place.route(path, self._meet)

    def _meet(self, route):
        if route.request.method != "POST":
            route.continue_()
            return
        client_id = CLIENT_ID.search(route.request.post_data_buffer.decode("utf-8", "replace"))[1]
        self.tried.append(client_id)
        answer = self.answers.pop(0) if self.answers else self.rest
        if answer == "pass":
            self.passed.append(client_id)
            route.continue_()
        elif answer == "lose":
            self.passed.append(client_id)
            route.fetch()
            route.abort()
        elif answer == "cut":
            route.abort()
        elif answer == "hang":
            self.hung.append(route)
        else:
            route.fulfill(**answer)


def back(*desks):
    for each in desks:
        each.page.evaluate("window.dispatchEvent(new Event('online'))")


def stored():
    return [message.content for message in Message.objects.exclude(sender_type="system").order_by("seq")]


def outbox_of(page):
    """What lies on the device, in order."""
    return [item["content"] for item in page.evaluate(KEPT) if isinstance(item, dict) and "client_id" in item]


def expect_kept(page, *texts):
    until(page, lambda: outbox_of(page) == list(texts))


def state_of(desk, text):
    return desk.bubble(text).get_attribute("data-state")


def expect_state(desk, text, state):
    expect(desk.bubble(text)).to_have_attribute("data-state", state)


def press(desk, text, way):
    desk.bubble(text).locator(f'[data-way="{way}"]').click()


@pytest.fixture
def silent_login(monkeypatch):
    """The login answers by itself for zhangwei, as inside WeCom. → list of the times that it was asked"""
    asked, ordinary = [], addresses._qr

    def answered(back, state):
        asked.append(time.monotonic())
        return f"{ordinary(back, state)}&userid=zhangwei"

    monkeypatch.setattr(addresses, "_qr", answered)
    return asked


# Kept ------------------------------------------------------------------------------------------------------------------


def kill(profile):
    """kill -9 for the browser of this profile: nothing in it gets to say goodbye."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words and not any(word.startswith(b"--type=") for word in words):
            os.kill(int(folder.name), signal.SIGKILL)


def test_it_survives_a_killed_browser(chromium, live, tmp_path, zhangwei):
    kind, path = chromium.browser_type, os.environ.get("CHROMIUM") or "/usr/bin/chromium"

    def browser():
        context = kind.launch_persistent_context(
            tmp_path, executable_path=path, args=FLAGS, base_url=live.url, locale="zh-CN", **PHONE
        )
        return context, Desk(context.pages[0])

    context, desk = browser()
    sign_in_at(desk.page, zhangwei)
    line = Line(context)
    line.rest = "cut"
    desk.write("我在电梯里")
    expect_state(desk, "我在电梯里", "offline")
    desk.page.evaluate("(() => { const now = Date.now; Date.now = () => now() - 3600000; })()")  # a clock set back
    desk.field.evaluate(PASTE, PIXEL)
    desk.write("看这张图")
    expect_kept(desk.page, "我在电梯里", "看这张图")
    expected = [*dict.fromkeys(line.tried)]
    kill(tmp_path)
    with pytest.raises(Error):
        desk.page.wait_for_timeout(10_000)
    context, desk = browser()
    try:
        sign_in_at(desk.page, zhangwei)  # the cookie may not have reached the disk
        desk.expect_delivered("看这张图")
        assert stored() == ["我在电梯里", "看这张图"]
        assert str(Message.objects.earliest("seq").client_id) in expected
        assert Attachment.objects.get().message.content == "看这张图"
        expect_kept(desk.page)
    finally:
        context.close()


def test_what_is_older_than_a_day_asks_first_and_holds_nothing_up(desk, problems):
    problems.expect(*OFFLINE)
    line = Line(desk.page.context)
    line.rest = "cut"
    for text, hours in (("昨天写的", 0), ("不要了", 0), ("刚才写的", 3)):
        desk.page.evaluate("(hours) => { const now = Date.now; Date.now = () => now() + hours * 3600000; }", hours)
        desk.write(text)
    expect_kept(desk.page, "昨天写的", "不要了", "刚才写的")
    desk.page.add_init_script(f"{{ const now = Date.now; Date.now = () => now() + 25 * {AN_HOUR}; }}")
    desk.page.reload()
    # Only now: the page before, for which it is still today, would have sent everything.
    line.rest = "pass"
    desk.expect_delivered("刚才写的")
    expect_state(desk, "昨天写的", "stale")
    expect(desk.bubble("昨天写的")).to_contain_text("这是一天前写的")
    assert stored() == ["刚才写的"]
    press(desk, "不要了", "discard")
    expect_kept(desk.page, "昨天写的")
    press(desk, "不要了", "undo")
    expect_state(desk, "不要了", "stale")
    expect_kept(desk.page, "昨天写的", "不要了")
    press(desk, "不要了", "discard")
    press(desk, "昨天写的", "send")
    desk.expect_delivered("昨天写的")
    expect_kept(desk.page)
    assert stored() == ["刚才写的", "昨天写的"]


def test_a_device_that_keeps_nothing_still_sends_and_says_so(desk, problems):
    problems.expect(*OFFLINE)
    desk.page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    desk.page.reload()
    desk.write("先发一句")
    desk.expect_delivered("先发一句")
    line = Line(desk.page)
    line.rest = "cut"
    desk.write("存不下的")
    expect(desk.bubble("存不下的")).to_contain_text("这台设备存不下，发出前请不要关闭此页")
    line.rest = "pass"
    back(desk)
    desk.expect_delivered("存不下的")


def test_a_device_without_room_for_a_picture_keeps_the_words(desk, problems):
    problems.expect(*OFFLINE)
    desk.page.evaluate("""() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (value.files && value.files.length) throw new DOMException("no room", "QuotaExceededError");
        return put.call(this, value, key);
      };
    }""")
    line = Line(desk.page.context)
    line.rest = "cut"
    desk.field.evaluate(PASTE, PIXEL)
    desk.write("打印机卡纸")
    expect(desk.bubble("打印机卡纸")).to_contain_text("只存了文字，发出前请不要关闭此页")
    line.rest = "pass"
    desk.page.reload()
    expect_state(desk, "打印机卡纸", "bare")
    expect(desk.bubble("打印机卡纸")).to_contain_text("有 1 个文件没能存在这台设备上")
    assert stored() == []
    press(desk, "打印机卡纸", "edit")
    expect(desk.field).to_have_value("打印机卡纸")


# Tried again -------------------------------------------------------------------------------------------------------------


def test_it_waits_as_long_as_it_is_told_and_sends_the_same(desk, problems):
    problems.expect("status of 429", "status of 503")
    desk.page.clock.install()
    desk.page.reload()
    now = time.time()
    later = {"Date": formatdate(now, usegmt=True), "Retry-After": formatdate(now + 300, usegmt=True)}
    line = Line(desk.page)
    line.answers = [{"status": 429, "headers": {"Retry-After": "100"}}, {"status": 503, "headers": later}]
    desk.write("连着发")
    expect(desk.bubble("连着发")).to_contain_text("发送太快了，100 秒后自动重试")
    for seconds, tries in ((97, 1), (4, 2), (296, 2), (5, 3)):
        back(desk)  # nobody's impatience shortens what the server asked for
        desk.page.clock.fast_forward(seconds * 1000)
        until(desk.page, lambda tries=tries: len(line.tried) == tries)
        if tries == 2:
            expect(desk.bubble("连着发")).to_contain_text("系统正忙")
    desk.expect_delivered("连着发")
    assert len(set(line.tried)) == 1
    assert stored() == ["连着发"]


def test_the_wait_grows_differs_and_ends(desk):
    waits = desk.page.evaluate("""async () => {
      const { Backoff } = await import(document.querySelector("link[href*='/backoff']").href);
      const backoff = new Backoff(1000, 30000);
      return Array.from({ length: 60 }, () => backoff.next());
    }""")
    for number, wait in enumerate(waits):
        whole = min(30000, 1000 * 2**number)
        assert whole / 2 <= wait <= whole
    assert len(set(waits)) > 50


def test_an_answer_that_is_not_the_desks_does_not_count(desk, problems):
    problems.expect(*OFFLINE, "status of 502")
    line = Line(desk.page)
    line.answers = [{"status": 200, "body": "<p>请登录酒店网络</p>"}, {"status": 502, "body": "bad gateway"}, "lose"]
    desk.write("还在吗")
    expect(desk.bubble("还在吗")).to_contain_text("系统正忙")
    for tries in (2, 3, 4):
        back(desk)
        until(desk.page, lambda tries=tries: len(line.tried) >= tries or stored())
    desk.expect_delivered("还在吗")
    assert len(set(line.tried)) == 1
    assert stored() == ["还在吗"]
    expect_kept(desk.page)


def test_what_a_frame_confirms_is_not_sent_again(desk, problems):
    problems.expect(*OFFLINE)
    desk.write("先开一个")
    desk.expect_delivered("先开一个")
    line = Line(desk.page)
    line.answers = ["lose"]
    desk.write("回答丢了")
    desk.expect_delivered("回答丢了")
    expect_kept(desk.page)
    back(desk)
    desk.write("下一句")
    desk.expect_delivered("下一句")
    assert len(line.tried) == 2
    assert stored() == ["先开一个", "回答丢了", "下一句"]


# Refused -----------------------------------------------------------------------------------------------------------------


def test_what_is_refused_stays_with_its_reason_and_holds_nothing_up(desk, problems, settings):
    problems.expect("status of 422")
    settings.MESSAGE_MAX_CHARS = 6
    line = Line(desk.page)
    for text in ("这一句实在太长了", "这一句也实在太长", "短的"):
        desk.write(text)
    desk.expect_delivered("短的")
    expect(desk.bubble("这一句实在太长了")).to_contain_text("没有发出：文字超过 6 字")
    desk.page.reload()
    expect_state(desk, "这一句也实在太长", "refused")
    press(desk, "这一句也实在太长", "discard")
    expect(desk.bubble("这一句也实在太长")).to_contain_text("已删除")
    expect(desk.bubble("这一句也实在太长").locator('[data-way="undo"]')).to_be_focused()
    press(desk, "这一句也实在太长", "undo")
    expect_state(desk, "这一句也实在太长", "refused")
    refused = line.tried[0]
    press(desk, "这一句实在太长了", "edit")
    expect(desk.field).to_have_value("这一句实在太长了")
    desk.write("改短了")
    desk.expect_delivered("改短了")
    expect_kept(desk.page, "这一句也实在太长")
    assert stored() == ["短的", "改短了"]
    assert str(Message.objects.get(content="改短了").client_id) != refused


def test_one_message_that_the_server_stumbles_over_is_set_aside(desk, problems):
    problems.expect("status of 500")
    desk.page.clock.install()
    desk.page.reload()
    line = Line(desk.page)
    line.answers = [{"status": 500, "body": "?"}] * 5
    desk.write("毒药")
    desk.write("后面的")
    for tries in range(1, 6):
        until(desk.page, lambda tries=tries: len(line.tried) >= tries)
        desk.page.clock.fast_forward(31_000)
    desk.expect_delivered("后面的")
    expect_state(desk, "毒药", "refused")
    press(desk, "毒药", "retry")
    desk.expect_delivered("毒药")


# Signed out --------------------------------------------------------------------------------------------------------------


def test_an_expired_session_signs_in_by_itself_and_the_message_goes_out_once(desk, problems, silent_login):
    problems.expect("status of 401", "WebSocket connection to")
    desk.page.context.clear_cookies(name="sessionid")
    desk.write("登录过期时写的")
    expect(desk.page.locator("[data-signed-out]")).to_contain_text("正在重新登录，内容不会丢")
    desk.expect_delivered("登录过期时写的")
    assert len(silent_login) == 1
    assert stored() == ["登录过期时写的"]
    expect_kept(desk.page)


def test_a_sign_in_that_does_not_help_is_not_tried_in_a_circle(desk, problems, silent_login):
    problems.expect("status of 401")
    line = Line(desk.page.context)
    line.rest = {"status": 401, "json": {"error": "not_signed_in", "reason": "登录已过期"}}
    loads = []
    desk.page.on("load", lambda _: loads.append(1))
    desk.write("别转圈")
    link = desk.page.locator("[data-signed-out] a")
    expect(link).to_be_visible()
    expect(link).to_have_text("重新登录")
    assert len(loads) == 1
    line.rest = "pass"
    link.click()
    desk.expect_delivered("别转圈")


def test_nobody_sends_or_sees_what_another_person_wrote(desk, problems, lina, zhangwei):
    problems.expect(*OFFLINE, "status of 401")
    line = Line(desk.page.context)
    line.rest = "cut"
    desk.write("张伟的话")
    expect_state(desk, "张伟的话", "offline")
    other = sign_in_at(desk.page.context.new_page(), lina)
    line.rest = "pass"
    expect(desk.page.locator("body")).to_have_attribute("data-user-id", str(lina.pk))
    Desk(other).write("李娜的话")
    for page in (desk.page, other):
        Desk(page).expect_delivered("李娜的话")
        expect(Desk(page).bubble("张伟的话")).to_have_count(0)
    assert stored() == ["李娜的话"]
    sign_in_at(other, zhangwei)
    Desk(other).expect_delivered("张伟的话")
    assert Message.objects.get(content="张伟的话").author == zhangwei


def test_a_token_that_another_tab_changed_costs_nothing(desk, problems, zhangwei):
    # 401: what the page was just asking when the session changed under it; it finds its way back by itself.
    problems.expect("status of 403", "status of 401")
    sign_in_at(desk.page.context.new_page(), zhangwei)
    desk.write("换了令牌")
    desk.expect_delivered("换了令牌")
    line = Line(desk.page)
    desk.page.context.clear_cookies(name="csrftoken")
    desk.write("没有令牌")
    desk.expect_delivered("没有令牌")
    assert len(set(line.tried)) == 1 < len(line.tried)
    assert stored() == ["换了令牌", "没有令牌"]


# Several tabs ------------------------------------------------------------------------------------------------------------


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
