"""What somebody wrote is on their device until the server has it: over reloads, crashes, sign-ins and other tabs."""

import os
import time
from email.utils import formatdate

import pytest
from playwright.sync_api import Error, expect

from conversations.models import Attachment, Message

from .asking import until
from .conftest import FLAGS, PHONE
from .steps import Desk, sign_in_at
from .test_desk import PIXEL
from .unsent import Line, back, expect_kept, expect_state, kill, press, stored

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_NETWORK_CHANGED", "WebSocket connection to")
AN_HOUR = 3600 * 1000  # ms
PASTE = """(field, pixel) => {
  const bytes = Uint8Array.from(atob(pixel), (char) => char.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "截图.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


# Kept ------------------------------------------------------------------------------------------------------------------


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
    desk.page.reload()
    expect_state(desk, "打印机卡纸", "bare")
    line.rest = "pass"  # only now: the page before, which still has the picture, would have sent both
    back(desk)
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

    def refused(route):
        """Whatever the page asks: one good answer tells it that it is signed in."""
        signed_in = line.rest == "pass" or route.request.resource_type != "xhr"
        route.fallback() if signed_in else route.fulfill(**line.rest)

    desk.page.context.route("**/itdesk/**", refused)
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
