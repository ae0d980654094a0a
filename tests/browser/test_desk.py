"""The employee desk in a real browser: bubbles at once and only once, nothing lost, nobody's place on the page lost."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import expect

from accounts import roles
from conversations.attachments import stage
from conversations.commands import lifecycle
from conversations.models import Attachment, Conversation, Message, ReadMark

from .asking import answer, ask, until
from .steps import Desk

POSTS = re.compile(r"/itdesk/messages$")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


def box(locator):
    return locator.evaluate("e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; }")


def hold_posts(page):
    """Answers to sends wait until the returned list's routes are continued."""
    held = []

    def hold(route):
        held.append(route) if route.request.method == "POST" else route.continue_()

    page.route(POSTS, hold)
    return held


# Writing --------------------------------------------------------------------------------------------------------------


def test_it_shows_the_own_bubble_at_once_and_confirms_it_without_moving(desk):
    desk.write("先说一句")
    desk.expect_delivered("先说一句")
    held = hold_posts(desk.page)
    desk.field.fill("打印机连不上了")
    milliseconds = desk.page.evaluate(
        """() => {
          const start = performance.now();
          document.querySelector("[data-composer] button[type=submit]").click();
          const bubbles = document.querySelectorAll("#messages .message--pending .message__bubble");
          bubbles[0].getBoundingClientRect();
          return performance.now() - start;
        }"""
    )
    assert milliseconds < 50
    pending = desk.bubble("打印机连不上了")
    before = box(pending.locator(".message__bubble"))
    expect(pending).to_have_class(re.compile("message--pending"))
    held[0].continue_()
    desk.expect_delivered("打印机连不上了")
    expect(pending).not_to_have_class(re.compile("message--pending"))
    assert box(pending.locator(".message__bubble")) == before


def test_it_never_sends_while_an_input_method_composes(desk):
    desk.field.fill("da yin ji")
    desk.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    desk.field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True, "cancelable": True})
    expect(desk.field).to_have_value("da yin ji")
    desk.field.press("Shift+Enter")
    expect(desk.field).to_have_value("da yin ji\n")
    desk.field.fill("打印机")
    desk.field.press("Enter")
    desk.expect_delivered("打印机")
    assert Message.objects.count() == 1


def test_it_keeps_what_was_sent_without_a_network_over_a_reload(desk, problems):
    problems.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    desk.page.route(POSTS, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    desk.write("我在电梯里")
    desk.write("出来再说")
    expect(desk.bubble("我在电梯里")).to_contain_text("连上后自动发送")
    desk.page.reload()
    expect(desk.bubble("出来再说")).to_have_class(re.compile("message--pending"))
    desk.page.unroute(POSTS)
    desk.page.evaluate("window.dispatchEvent(new Event('online'))")
    desk.expect_delivered("我在电梯里")
    desk.expect_delivered("出来再说")
    assert [message.content for message in Message.objects.order_by("seq")] == ["我在电梯里", "出来再说"]


KEPT = """async () => {
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const database = await asked(indexedDB.open("itdesk"));
  const kept = await asked(database.transaction("kept").objectStore("kept").getAll());
  database.close();
  return kept;
}"""


def test_it_keeps_a_draft_over_a_reload(desk):
    desk.field.type("写到一半")
    until(desk.page, lambda: "写到一半" in str(desk.page.evaluate(KEPT)))
    desk.page.reload()
    expect(desk.field).to_have_value("写到一半")


def test_it_waits_as_long_as_the_server_asks_and_sends_by_itself(desk, problems):
    problems.expect("status of 429")
    refusals = []

    def refuse_once(route):
        if route.request.method == "POST" and not refusals:
            refusals.append(route)
            route.fulfill(status=429, headers={"Retry-After": "2"}, body="")
        else:
            route.continue_()

    desk.page.route(POSTS, refuse_once)
    desk.write("连着发")
    expect(desk.bubble("连着发")).to_contain_text("发送太快了，2 秒后自动重试")
    desk.expect_delivered("连着发")


def test_it_gives_back_what_was_refused(desk, problems, settings):
    problems.expect("status of 422")
    settings.MESSAGE_MAX_CHARS = 5
    desk.write("这一句太长了")
    refused = desk.bubble("这一句太长了")
    expect(refused).to_have_class(re.compile("message--failed"))
    expect(refused).to_contain_text("没有发出：文字超过 5 字")
    desk.page.reload()
    desk.bubble("这一句太长了").locator("[data-edit]").click()
    expect(desk.messages).to_have_count(0)
    expect(desk.field).to_have_value("这一句太长了")
    desk.write("短的")
    desk.expect_delivered("短的")


def test_it_says_before_sending_that_a_text_is_too_long(desk, problems):
    desk.field.fill("长" * 8001)
    desk.page.locator("[data-composer] button[type=submit]").click()
    expect(desk.page.locator("[data-word]")).to_contain_text("8001")
    expect(desk.messages).to_have_count(0)


def test_it_signs_in_again_and_loses_nothing(desk, problems):
    problems.expect("status of 401")
    desk.page.context.clear_cookies(name="sessionid")
    desk.write("登录过期时写的")
    expect(desk.page.locator("[data-signed-out]")).to_contain_text("登录已过期，正在重新登录，内容不会丢")
    desk.page.wait_for_url(re.compile("/wecom/"))
    desk.page.locator('[data-userid="zhangwei"]').click()
    desk.expect_delivered("登录过期时写的")


def test_it_sends_a_pasted_picture(desk):
    desk.field.evaluate(
        """(field, pixel) => {
          const bytes = Uint8Array.from(atob(pixel), (char) => char.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "image.png", { type: "image/png" }));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        PIXEL,
    )
    expect(desk.page.locator(".tray__item")).to_have_count(1)
    desk.write("看这张图")
    desk.expect_delivered("看这张图")
    picture = desk.bubble("看这张图").locator(".message__picture img")
    expect(picture).to_have_js_property("naturalWidth", 10)
    assert Attachment.objects.get().message.msg_type == "image"
    picture.click()
    viewer = desk.page.locator("[data-viewer]")
    expect(viewer).to_be_visible()
    desk.page.go_back()
    expect(viewer).to_be_hidden()
    expect(desk.bubble("看这张图")).to_be_in_viewport()


def test_a_picture_has_its_room_before_it_is_there(desk, zhangwei):
    shot = io.BytesIO()
    Image.new("RGB", (800, 1600)).save(shot, "PNG")
    desk.page.route(re.compile("/attachments/"), lambda route: None)
    file = SimpleUploadedFile("长截图.png", shot.getvalue(), content_type="image/png")
    ask(zhangwei, "", msg_type="image", attachment_ids=[stage(zhangwei, file).pk])
    desk.page.goto("/itdesk/")
    picture = desk.page.locator(".message__picture img")
    expect(picture).to_have_js_property("naturalWidth", 0)
    assert box(picture)[2:] == [120, 240]


def test_the_offer_to_go_on_ends_with_the_first_message(desk, zhangwei, wangqiang):
    earlier = ask(zhangwei, "旧的")
    lifecycle.resolve(earlier.pk, by=wangqiang)
    desk.page.goto("/itdesk/")
    expect(desk.page.locator("[data-earlier]")).to_contain_text("旧的")
    desk.write("新的")
    desk.expect_delivered("新的")
    expect(desk.page.locator("[data-earlier]")).to_have_count(0)


def test_a_new_request_is_one_tap_away(desk, zhangwei):
    desk.write("第一件事")
    desk.expect_delivered("第一件事")
    desk.page.locator("[data-new]").click()
    desk.page.wait_for_url(re.compile("new=1"))
    desk.write("另一件事")
    desk.expect_delivered("另一件事")
    expect(desk.page).to_have_url(re.compile(r"/itdesk/c/"))
    assert Conversation.objects.filter(employee=zhangwei).count() == 2


def test_writing_into_a_resolved_request_reopens_it_and_says_so(desk, wangqiang, zhangwei):
    desk.write("打印机连不上了")
    desk.expect_delivered("打印机连不上了")
    conversation = Conversation.objects.get()
    answer(wangqiang, conversation)
    lifecycle.resolve(conversation.pk, by=wangqiang)
    desk.expect_status("resolved")
    desk.write("又出现了")
    desk.expect_delivered("又出现了")
    expect(desk.messages.filter(has_text="请求已重新打开")).to_have_count(1)
    expect(desk.state.locator("[data-status]")).not_to_have_attribute("data-status", "resolved")


# Reading --------------------------------------------------------------------------------------------------------------


def test_it_shows_an_answer_live_and_who_is_speaking(desk, wangqiang):
    desk.write("打印机连不上了")
    desk.expect_delivered("打印机连不上了")
    conversation = Conversation.objects.get()
    desk.expect_status("queued")
    answer(wangqiang, conversation, "我看一下")
    answer(wangqiang, conversation, "请重启打印机")
    desk.expect_delivered("我看一下")
    desk.expect_delivered("请重启打印机")
    expect(desk.bubble("我看一下").locator(".message__by")).to_have_text(re.compile("王强.*客服"))
    expect(desk.bubble("请重启打印机")).to_have_class(re.compile("message--follows"))
    expect(desk.sentence).to_have_text("王强 正在处理")
    answer(wangqiang, conversation, "三楼的交换机", internal=True)
    answer(wangqiang, conversation, "好了吗")
    desk.expect_delivered("好了吗")
    expect(desk.messages.filter(has_text="三楼的交换机")).to_have_count(0)


def test_the_place_in_the_queue_is_true_when_somebody_ahead_is_served(open_page, sign_in, zhangwei, lina, wangqiang):
    ahead = ask(lina)
    ask(zhangwei)
    desk = Desk(sign_in(open_page(phone=True), zhangwei, "/itdesk/"))
    expect(desk.sentence).to_have_text("排队中，第 2 位")
    lifecycle.claim(ahead.pk, by=wangqiang)
    expect(desk.sentence).to_have_text("排队中，第 1 位")


def test_a_role_that_is_taken_away_ends_the_page_and_says_so(desk, problems, zhangwei):
    problems.expect("403")  # what the page was asking for at that moment is refused, and Chromium logs it
    desk.write("打印机连不上了")
    desk.expect_delivered("打印机连不上了")
    roles.revoke(zhangwei, "user", channel="command")
    expect(desk.page.locator("[data-notice]")).to_have_text("您现在不能使用这个页面了")


def test_it_asks_for_what_a_lost_frame_carried(open_page, sign_in, zhangwei, wangqiang):
    page = open_page(phone=True)
    lost = []

    def lossy(socket):
        server = socket.connect_to_server()

        def pass_on(frame):
            if "第二句" in frame and "new_message" in frame and not lost:
                lost.append(frame)
            else:
                socket.send(frame)

        server.on_message(pass_on)

    page.route_web_socket("**/ws/desk/", lossy)
    conversation = ask(zhangwei)
    desk = Desk(sign_in(page, zhangwei, "/itdesk/"))
    desk.expect_delivered("打印机连不上了")
    answer(wangqiang, conversation, "第一句")
    desk.expect_delivered("第一句")
    answer(wangqiang, conversation, "第二句")
    answer(wangqiang, conversation, "第三句")
    desk.expect_delivered("第三句")
    desk.expect_delivered("第二句")
    assert lost
    seqs = desk.messages.evaluate_all("all => all.map((each) => Number(each.dataset.seq))")
    assert seqs == sorted(seqs)


def test_it_works_with_sockets_blocked(open_page, sign_in, zhangwei, wangqiang, problems):
    page = open_page(phone=True)
    page.route_web_socket("**/ws/desk/", lambda socket: socket.close())
    conversation = ask(zhangwei)
    desk = Desk(sign_in(page, zhangwei, "/itdesk/"))
    expect(page.locator("[data-notice]")).to_contain_text("每几秒自动查看新消息")
    answer(wangqiang, conversation, "轮询也能看到")
    desk.expect_delivered("轮询也能看到")
    expect(desk.sentence).to_have_text("王强 正在处理")
    desk.write("我也能回")
    desk.expect_delivered("我也能回")


def test_an_empty_page_follows_another_device_with_sockets_blocked(open_page, sign_in, zhangwei):
    page = open_page(phone=True)
    page.route_web_socket("**/ws/desk/", lambda socket: socket.close())
    desk = Desk(sign_in(page, zhangwei, "/itdesk/"))
    expect(page.locator("[data-notice]")).to_contain_text("每几秒自动查看新消息")
    conversation = ask(zhangwei, "别的设备上写的")
    desk.expect_delivered("别的设备上写的")
    expect(page).to_have_url(re.compile(f"/itdesk/c/{conversation.pk}/"))


def test_it_keeps_the_place_to_the_pixel_when_older_messages_come(open_page, sign_in, zhangwei):
    conversation = ask(zhangwei, "第 0 句")
    for number in range(1, 100):
        ask(zhangwei, f"第 {number} 句\n" * (1 + number % 3), conversation_id=conversation.pk)
    page = sign_in(open_page(phone=True), zhangwei, "/itdesk/")
    desk = Desk(page)
    expect(desk.messages).to_have_count(40)
    assert page.locator("[data-scroll]").evaluate("s => s.scrollHeight - s.scrollTop - s.clientHeight") < 2
    hold = []
    page.route(re.compile("before="), lambda route: hold.append(route))
    page.locator("[data-scroll]").evaluate("s => { s.scrollTop = 300; }")
    page.wait_for_function("document.querySelectorAll('#messages [data-message]').length === 40")
    expect(page.locator("[data-older]")).to_be_visible()
    line = page.locator("#messages [data-seq='64']")
    before = box(line)
    hold[0].continue_()
    expect(desk.messages).to_have_count(80)
    assert abs(box(line)[1] - before[1]) < 1
    page.unroute(re.compile("before="))
    page.locator("[data-scroll]").evaluate("s => { s.scrollTop = 0; }")
    expect(desk.messages).to_have_count(100)
    expect(page.locator("[data-older]")).to_be_hidden()


def test_it_tells_who_reads_back_how_many_came_below(open_page, sign_in, zhangwei, wangqiang):
    conversation = ask(zhangwei, "第 0 句")
    for number in range(1, 30):
        ask(zhangwei, f"第 {number} 句", conversation_id=conversation.pk)
    page = sign_in(open_page(phone=True), zhangwei, "/itdesk/")
    desk = Desk(page)
    scroll = page.locator("[data-scroll]")
    scroll.evaluate("s => { s.scrollTop = 200; }")
    page.wait_for_function("document.querySelector('[data-scroll]').scrollTop === 200")
    answer(wangqiang, conversation, "在看了")
    below = page.locator("[data-below]")
    expect(below).to_contain_text("条新消息")
    assert scroll.evaluate("s => s.scrollTop") == 200
    below.click()
    expect(below).to_be_hidden()
    expect(desk.bubble("在看了")).to_be_in_viewport()


def test_it_opens_at_the_message_that_a_card_points_at(open_page, sign_in, zhangwei):
    conversation = ask(zhangwei, "第 0 句")
    for number in range(1, 100):
        ask(zhangwei, f"第 {number} 句", conversation_id=conversation.pk)
    page = sign_in(open_page(phone=True), zhangwei, f"/itdesk/c/{conversation.pk}/?m=20")
    pointed = page.locator("#messages [data-seq='20']")
    expect(pointed).to_have_class(re.compile("message--pointed"))
    expect(pointed).to_be_in_viewport()
    expect(page.locator("[data-below]")).to_have_text("回到最新")


def test_it_tells_the_server_what_was_read(desk, zhangwei, wangqiang):
    desk.write("打印机连不上了")
    desk.expect_delivered("打印机连不上了")
    reply = answer(wangqiang, Conversation.objects.get(), "我看一下")
    desk.expect_delivered("我看一下")
    until(desk.page, lambda: ReadMark.objects.filter(user=zhangwei, read_seq=reply.seq).exists())


def test_it_counts_news_of_another_request(desk, zhangwei, wangqiang):
    desk.write("第一件事")
    desk.expect_delivered("第一件事")
    other = ask(zhangwei, "另一件事", new_topic=True)
    answer(wangqiang, other, "另一件好了")
    expect(desk.page.locator("[data-unread]")).to_be_visible()
    desk.page.locator(".bar__link").click()
    expect(desk.page.locator(".request").first).to_contain_text("另一件好了")
    expect(desk.page.locator(".request").first.locator(".count")).to_be_visible()


# The room ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (430, 932), (1440, 900)])
def test_the_composer_is_in_sight_and_nothing_sticks_out(open_page, sign_in, zhangwei, wangqiang, width, height):
    conversation = ask(zhangwei, "https://intranet.example.com/" + "a" * 200 + "\n```\n" + "x" * 300 + "\n```")
    answer(wangqiang, conversation, "很长" * 200)
    page = sign_in(open_page(viewport={"width": width, "height": height}), zhangwei, "/itdesk/")
    for kept in (height, height // 2):
        page.set_viewport_size({"width": width, "height": kept})
        expect(page.locator("#content")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("[data-scroll]").evaluate("s => s.scrollWidth <= s.clientWidth")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_screen_reader_finds_its_way(open_page, sign_in, check_axe, zhangwei, wangqiang, color_scheme):
    page = sign_in(open_page(phone=True, color_scheme=color_scheme), zhangwei, "/itdesk/")
    check_axe(page)
    conversation = ask(zhangwei, "日志：\n```\nERROR 1\n```\nhttps://example.com/")
    answer(wangqiang, conversation, "我看一下")
    page.goto("/itdesk/")
    expect(Desk(page).messages).to_have_count(3)
    check_axe(page)
    page.goto("/itdesk/requests/")
    check_axe(page)


def test_it_works_without_scripts(open_page, sign_in, zhangwei, problems):
    # A browser whose scripts are switched off says of each module that it was not loaded.
    problems.expect(r"/static/js/\S+: csp")
    page = sign_in(open_page(phone=True, java_script_enabled=False), zhangwei, "/itdesk/")
    page.locator("#content").fill("没有脚本也能问")
    page.locator("[data-composer] button[type=submit]").click()
    expect(page).to_have_url(re.compile("/itdesk/c/"))
    expect(Desk(page).bubble("没有脚本也能问")).to_have_count(1)
