"""Files on a bad line: cut anywhere, reloaded, killed, in two tabs: they arrive once, whole, and do not begin again."""

import os
import re

import pytest
from playwright.sync_api import Error, expect

from conversations import attachments
from conversations.commands import uploads
from conversations.models import Attachment, Message, Upload
from tests.chaos.proxy import Proxy, Weather

from .asking import ask, until
from .conftest import FLAGS, PHONE
from .steps import Console, Desk, sign_in_at
from .unsent import Line, back, expect_kept, expect_state, kill, press, stored
from .uplink import Pieces, Uplink, choose, noise

CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_NETWORK_CHANGED", "WebSocket connection to")
SHOT = noise(1200)
SIZE = len(SHOT["buffer"])
LONGEST_PIECE = 1024 * 1024
IN_TIME = 90_000  # ms for two megabytes on a line of one megabit a second that loses much


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


@pytest.fixture
def pieces(monkeypatch, live):
    return Pieces(monkeypatch)


def expect_delivered(place, text, timeout=30_000):
    bubble = place.bubble(text)
    expect(bubble).to_have_count(1)
    expect(bubble).to_have_attribute("data-seq", re.compile(r"^\d+$"), timeout=timeout)


def send(place, text, *files):
    choose(place, *files)
    place.write(text)


def bytes_of(text):
    """What is stored with the one message that says so, file after file."""
    message = Message.objects.get(content=text)
    return [each.file.open().read() for each in message.attachments.order_by("position")]


def expect_once(pieces, text, shot=SHOT):
    assert bytes_of(text) == [shot["buffer"]]
    assert Attachment.objects.count() == len(pieces.ids) == 1
    assert not Upload.objects.exists()


def received(pieces):
    """How far the one upload is, by the database."""
    return Upload.objects.values_list("received", flat=True).get(pk=pieces.ids[0])


# Cut --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "kilobytes"), [(0.1, 120), (0.5, 120), (0.8, 60)])
def test_a_cut_costs_a_piece_and_not_the_file(desk, pieces, problems, part, kilobytes):
    problems.expect(*CUT)
    line = Uplink(desk.page, kilobytes)
    send(desk, "看这张图", SHOT)
    line.wait_for(part)
    line.cut()
    expect_state(desk, "看这张图", "offline")
    expect(desk.bubble("看这张图")).to_contain_text("网络恢复后自动发送")
    expect(desk.bubble("看这张图").locator("progress")).to_be_visible()
    line.back()
    expect_delivered(desk, "看这张图")
    expect_once(pieces, "看这张图")
    assert pieces.bytes < SIZE + LONGEST_PIECE
    expect_kept(desk.page)


def test_an_answer_that_is_lost_costs_nothing(desk, pieces, problems):
    """Of the announcement and of two pieces the server hears, but not the page that it did."""
    problems.expect(*CUT)
    met = []

    def lose_some(route):
        met.append(route)
        if len(met) in {1, 3, 5}:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/uploads/**", lose_some)
    send(desk, "看这张图", SHOT)
    expect_delivered(desk, "看这张图")
    expect_once(pieces, "看这张图")
    assert pieces.bytes == SIZE


def test_two_megabytes_arrive_on_a_bad_line(live, settings, open_page, zhangwei, pieces, problems):
    """One megabit a second, and of a hundred requests thirty get lost, half of them on the way back."""
    problems.expect(*CUT, "ERR_EMPTY_RESPONSE", "ERR_CONNECTION", "console: htmx:")
    shot = noise(2048)
    weather = Weather(request_lost=15, answer_lost=15, delayed=100, delay=(0.05, 0.15), sockets=(300, 300))
    with Proxy(live.url, 17, weather) as network:
        settings.SITE_URL = network.url
        desk = Desk(sign_in_at(open_page(phone=True, base_url=network.url), zhangwei))
        Uplink(desk.page, kilobytes=125)
        network.storm()
        send(desk, "看这张图", shot)
        expect_delivered(desk, "看这张图", timeout=IN_TIME)
        network.calm()
        print(network.report())
    expect_once(pieces, "看这张图", shot)
    assert network.counts["request lost"] + network.counts["answer lost"] > 0


# Begun on another page ----------------------------------------------------------------------------------------------------


def test_a_reload_in_the_middle_does_not_begin_again(desk, pieces, problems):
    problems.expect(*CUT)
    line = Uplink(desk.page, kilobytes=120)
    send(desk, "看这张图", SHOT)
    line.wait_for(0.5)
    desk.page.reload()
    there, before = received(pieces), len(pieces.given)
    assert there > 0
    expect_delivered(desk, "看这张图")
    expect_once(pieces, "看这张图")
    assert all(offset >= there for _id, offset, _size in pieces.given[before:])


def test_a_killed_browser_goes_on_where_it_was(chromium, live, tmp_path, zhangwei, pieces):
    kind, path = chromium.browser_type, os.environ.get("CHROMIUM") or "/usr/bin/chromium"

    def browser():
        context = kind.launch_persistent_context(
            tmp_path, executable_path=path, args=FLAGS, base_url=live.url, locale="zh-CN", **PHONE
        )
        return context, Desk(context.pages[0])

    _, desk = browser()
    sign_in_at(desk.page, zhangwei)
    line = Uplink(desk.page, kilobytes=300)
    send(desk, "看这张图", SHOT)
    line.wait_for(0.5)
    kill(tmp_path)
    with pytest.raises(Error):
        desk.page.wait_for_timeout(10_000)
    assert live.wait_until_idle()
    there, before = received(pieces), len(pieces.given)
    assert there > 0
    context, desk = browser()
    try:
        sign_in_at(desk.page, zhangwei)  # the cookie may not have reached the disk
        expect_delivered(desk, "看这张图")
        expect_once(pieces, "看这张图")
        assert all(offset >= there for _id, offset, _size in pieces.given[before:])
    finally:
        context.close()


def test_another_tab_takes_over(desk, pieces, problems):
    problems.expect(*CUT)
    desk.write("开始")
    desk.expect_delivered("开始")
    other = Desk(desk.page.context.new_page())
    other.page.goto(desk.page.url)
    line = Uplink(desk.page, kilobytes=300)
    send(desk, "看这张图", SHOT)
    expect(other.bubble("看这张图")).to_have_count(1)
    line.wait_for(0.4)
    assert len(pieces.ids) == 1  # while it lives, the other leaves it to that tab
    there, before = received(pieces), len(pieces.given)
    desk.page.close()
    expect_delivered(other, "看这张图")
    expect_once(pieces, "看这张图")
    assert all(offset >= there for _id, offset, _size in pieces.given[before:])
    assert stored() == ["开始", "看这张图"]


def test_an_expired_session_signs_in_again_and_goes_on(desk, pieces, problems, silent_login):
    problems.expect(*CUT, "status of 401")
    line = Uplink(desk.page, kilobytes=300)
    send(desk, "看这张图", SHOT)
    line.wait_for(0.4)
    desk.page.context.clear_cookies(name="sessionid")
    expect(desk.page.locator("[data-signed-out]")).to_contain_text("正在重新登录，内容不会丢")
    there, before = received(pieces), len(pieces.given)
    expect_delivered(desk, "看这张图")
    expect_once(pieces, "看这张图")
    assert all(offset >= there for _id, offset, _size in pieces.given[before:])
    assert len(silent_login) == 1


# Several, and both sides ----------------------------------------------------------------------------------------------------


def test_nine_pictures_make_one_message_in_their_order(desk, pieces, problems):
    problems.expect(*CUT)
    shots = [noise(60 + n, f"第{n}张.png", seed=n) for n in range(9)]
    line = Uplink(desk.page, kilobytes=80)
    send(desk, "九张图", *shots)
    line.wait_for(0.5)
    line.cut()
    expect_state(desk, "九张图", "offline")
    line.back()
    expect_delivered(desk, "九张图")
    assert bytes_of("九张图") == [each["buffer"] for each in shots]
    assert Attachment.objects.count() == len(pieces.ids) == 9
    assert Message.objects.get(content="九张图").msg_type == "image"


def test_an_agents_picture_survives_a_cut(agent_page, zhangwei, pieces, problems):
    problems.expect(*CUT, "console: htmx:")
    console = Console(agent_page)
    console.expect_live()
    ask(zhangwei)
    console.open("打印机")
    line = Uplink(console.page, kilobytes=120)
    send(console, "按这里", SHOT)
    line.wait_for(0.5)
    line.cut()
    expect_state(console, "按这里", "offline")
    line.back()
    expect_delivered(console, "按这里")
    expect_once(pieces, "按这里")
    assert pieces.bytes < SIZE + LONGEST_PIECE


# Taken back, refused, forgotten ---------------------------------------------------------------------------------------------


def test_what_goes_up_can_be_called_back(desk, pieces, live):
    line = Uplink(desk.page, kilobytes=200)
    send(desk, "发错了", SHOT)
    desk.write("后面一句")
    line.wait_for(0.3)
    press(desk, "发错了", "cancel")
    expect(desk.bubble("发错了")).to_have_count(0)
    expect(desk.field).to_have_value("发错了")
    expect(desk.page.locator(".tray__item")).to_have_count(1)
    desk.expect_delivered("后面一句")
    until(desk.page, lambda: not Upload.objects.exists())
    assert stored() == ["后面一句"]
    expect_kept(desk.page)
    line.page.reload()
    desk.expect_delivered("后面一句")
    assert stored() == ["后面一句"]


def test_what_was_called_back_is_sent_like_anything_else(agent_page, zhangwei, pieces):
    console = Console(agent_page)
    console.expect_live()
    ask(zhangwei)
    console.open("打印机")
    line = Uplink(console.page, kilobytes=200)
    console.page.locator('[data-mode-key="note"]').click()
    choose(console, SHOT)
    console.write("先别告诉他", internal=True)
    line.wait_for(0.3)
    press(console, "先别告诉他", "cancel")
    expect(console.field).to_have_value("先别告诉他")
    expect(console.page.locator("#reply")).to_have_attribute("data-mode", "note")
    until(console.page, lambda: not Upload.objects.exists())
    console.page.locator("[data-send]").click()
    expect_delivered(console, "先别告诉他")
    assert Message.objects.get(content="先别告诉他").internal
    assert bytes_of("先别告诉他") == [SHOT["buffer"]]
    assert Attachment.objects.count() == 1


def test_what_one_tab_calls_back_no_other_sends(desk, problems):
    problems.expect("status of 503")
    desk.write("开始")
    desk.expect_delivered("开始")
    other = Desk(desk.page.context.new_page())
    other.page.goto(desk.page.url)
    other.expect_delivered("开始")
    desk.page.context.route("**/uploads/**", lambda route: route.fulfill(status=503))
    send(desk, "发错了", SHOT)
    expect_state(other, "发错了", "busy")
    press(other, "发错了", "cancel")
    expect(other.field).to_have_value("发错了")
    expect(other.page.locator(".tray__item")).to_have_count(1)
    expect(desk.bubble("发错了")).to_have_count(0)
    desk.page.context.unroute("**/uploads/**")
    back(desk, other)
    desk.write("后面一句")
    for each in (desk, other):
        each.expect_delivered("后面一句")
    expect(desk.field).to_have_value("")
    assert stored() == ["开始", "后面一句"]
    expect_kept(desk.page)


def test_the_device_decides_between_sending_and_calling_back(desk):
    """Two tabs at the same moment: whoever writes it down first is right, and the other learns it."""
    found = desk.page.evaluate("""async () => {
      const of = (name) => import(document.querySelector(`link[href*='/${name}.']`).href);
      const [{ Shelf }, { Store }] = await Promise.all([of("shelf"), of("store")]);
      const gone = [];
      const hooks = { onAdded() {}, onChanged() {}, onUnkept() {}, onGone: (item) => gone.push(item.client_id) };
      const [one, other] = [new Shelf("test:", new Store(), hooks), new Shelf("test:", new Store(), hooks)];
      await one.add({ client_id: "called back", tried: false });
      await one.add({ client_id: "sent", tried: false });
      await other.sync();
      const back = await other.claim("called back");
      const late = await one.save(Object.assign(one.get("called back"), { tried: true }));
      await one.save(Object.assign(one.get("sent"), { tried: true }));
      const tooLate = await other.claim("sent");
      return [back.tried, late, gone, tooLate === undefined, (await new Store().all("test:")).map((each) => each.client_id)];
    }""")
    assert found == [False, "gone", ["called back"], True, ["sent"]]


def test_a_file_that_the_server_refuses_is_set_aside_with_its_reason(desk, problems):
    problems.expect("status of 422")
    send(desk, "这是图吗", {"name": "假.png", "mimeType": "image/png", "buffer": b"<html>" * 100})
    desk.write("后面一句")
    desk.expect_delivered("后面一句")
    expect_state(desk, "这是图吗", "refused")
    expect(desk.bubble("这是图吗")).to_contain_text("没有发出：不支持这种文件")
    expect(desk.bubble("这是图吗").locator("progress")).to_be_hidden()
    press(desk, "这是图吗", "edit")
    expect(desk.field).to_have_value("这是图吗")
    expect(desk.page.locator(".tray__item")).to_have_count(1)
    assert stored() == ["后面一句"]
    assert not Upload.objects.exists()


def test_files_that_the_server_has_swept_away_go_up_again(desk, pieces, problems):
    problems.expect(*CUT, "status of 422")
    line = Line(desk.page)
    line.rest = "cut"
    send(desk, "搁了一天", SHOT)
    until(desk.page, lambda: Attachment.objects.exists() and line.tried)
    assert attachments.remove_unadopted(Attachment.objects.get().pk)
    line.rest = "pass"
    back(desk)
    expect_delivered(desk, "搁了一天")
    expect_once(pieces, "搁了一天")
    assert pieces.bytes == 2 * SIZE


def test_a_file_that_is_gone_from_the_device_is_told(desk, tmp_path, problems):
    file = tmp_path / "日志.txt"
    file.write_text("port 3 down\n" * 1000, encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    desk.page.locator("[data-files]:not([accept])").set_input_files(file)
    file.write_text("changed\n", encoding="utf-8")
    desk.write("看日志")
    desk.write("后面一句")
    expect_state(desk, "看日志", "refused")
    expect(desk.bubble("看日志")).to_contain_text("“日志.txt” 读不到了，请重新选择")
    desk.expect_delivered("后面一句")
    assert stored() == ["后面一句"]


# The look -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [{"color_scheme": "dark", "locale": "en-US"}, {"color_scheme": "light"}])
def test_what_goes_up_fits_a_narrow_phone(open_page, sign_in, check_axe, zhangwei, problems, look):
    problems.expect(*CUT)
    page = open_page(**look, viewport={"width": 320, "height": 568})
    desk = Desk(sign_in(page, zhangwei))
    line = Uplink(page, kilobytes=100)
    send(desk, "", SHOT, noise(100, "第二张.png", seed=2))
    line.wait_for(0.2)
    bubble = desk.messages.last
    expect(bubble.locator('[data-way="cancel"]')).to_be_visible()
    expect(bubble.locator("[data-reason]")).to_contain_text(re.compile(r"\d+%"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    check_axe(page)
    line.cut()
    expect(bubble).to_have_attribute("data-state", "offline")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    check_axe(page)


def test_a_small_picture_on_a_good_line_makes_no_noise(desk):
    """A line that came and went would make the page jump twice for nothing."""
    desk.page.evaluate("""() => {
      window.shown = [];
      new MutationObserver((changes) => changes.forEach(({ target }) => {
        if (target.matches("[data-trouble]") && !target.hidden) window.shown.push(target.textContent);
      })).observe(document.getElementById("messages"), { subtree: true, attributes: true });
    }""")
    send(desk, "小图", noise(20))
    desk.expect_delivered("小图")
    assert desk.page.evaluate("window.shown") == []


def test_pieces_grow_with_the_line_and_shrink_with_its_losses(desk):
    sizes = desk.page.evaluate("""async () => {
      const { Pace } = await import(document.querySelector("link[href*='/pace']").href);
      const of = (act) => {
        const pace = new Pace();
        const sizes = [pace.size];
        for (let n = 0; n < 8; n += 1) { act(pace); sizes.push(pace.size); }
        return sizes;
      };
      return {
        fast: of((pace) => pace.took(pace.size, 20)),
        slow: of((pace) => pace.took(pace.size, pace.size / 20)),
        lossy: of((pace) => pace.failed()),
        end: of((pace) => pace.took(2000, 300)),
      };
    }""")
    kib = 1024
    assert sizes["fast"] == [each * kib for each in (128, 256, 512, 1024, 1024, 1024, 1024, 1024, 1024)]
    assert set(sizes["slow"][1:]) == {60_000}  # 20 bytes a millisecond, for three seconds
    assert sizes["lossy"] == [each * kib for each in (128, 64, 32, 32, 32, 32, 32, 32, 32)]
    assert set(sizes["end"]) == {128 * kib}
    assert sizes["fast"][-1] == uploads.MAX_CHUNK
