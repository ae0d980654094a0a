"""What is written while a file is on its way: it keeps its place, says what it waits for, and need not wait."""

import pytest
from playwright.sync_api import expect

from conversations.models import Attachment, Upload

from .asking import ask, until
from .steps import Console, Desk
from .test_uploads import CUT, bytes_of, expect_delivered, send
from .unsent import expect_kept, expect_state, press, stored
from .uplink import Pieces, Uplink, noise

LARGE, SMALL = noise(900), noise(60, name="小图.png", seed=2)
SLOW = 90  # kilobytes a second: ten seconds for LARGE, and room for words beside it
WAITS = "等前面的文件传完"


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


@pytest.fixture
def pieces(monkeypatch, live):
    return Pieces(monkeypatch)


def ways_of(place, text):
    buttons = place.bubble(text).locator("[data-way]:visible").all()
    return [button.get_attribute("data-way") for button in buttons]


def expect_behind(place, text, *ways):
    expect_state(place, text, "behind")
    expect(place.bubble(text)).to_contain_text(WAITS)
    assert ways_of(place, text) == list(ways)


def test_words_keep_their_place_behind_a_file_and_say_so(desk, pieces):
    Uplink(desk.page, SLOW * 2)
    send(desk, "看这张图", LARGE)
    desk.write("第二句")
    desk.write("第三句")
    expect_behind(desk, "第二句", "first", "cancel")
    expect_behind(desk, "第三句", "first", "cancel")
    assert stored() == []
    for text in ("看这张图", "第二句", "第三句"):
        expect_delivered(desk, text)
    assert stored() == ["看这张图", "第二句", "第三句"]
    expect(desk.bubble("第三句")).not_to_contain_text(WAITS)
    expect_kept(desk.page)


def test_words_that_are_sent_first_do_not_stop_the_file(desk, pieces):
    line = Uplink(desk.page, SLOW)
    send(desk, "看这张图", LARGE)
    desk.write("第二句")
    desk.write("很急")
    line.wait_for(0.1)
    press(desk, "很急", "first")
    expect_delivered(desk, "很急")
    assert stored() == ["很急"]
    expect_behind(desk, "第二句", "first", "cancel")
    expect_state(desk, "看这张图", "uploading")
    line.cut()
    line.back()
    expect_delivered(desk, "第二句")
    assert stored() == ["很急", "看这张图", "第二句"]
    assert bytes_of("看这张图") == [LARGE["buffer"]]
    assert len(pieces.ids) == 1


def test_words_that_are_sent_first_go_out_although_a_file_cannot(desk, problems):
    problems.expect("status of 503")
    desk.page.route("**/uploads/**", lambda route: route.fulfill(status=503))
    send(desk, "看这张图", SMALL)
    desk.write("很急")
    expect_state(desk, "很急", "busy")
    assert ways_of(desk, "很急") == ["first", "cancel"]
    press(desk, "很急", "first")
    expect_delivered(desk, "很急")
    assert stored() == ["很急"]
    desk.page.unroute("**/uploads/**")
    desk.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_delivered(desk, "看这张图")


def test_what_waits_behind_a_file_can_be_called_back(desk, pieces):
    line = Uplink(desk.page, SLOW)
    send(desk, "看这张图", LARGE)
    send(desk, "发错的图", SMALL)
    desk.write("写错的话")
    line.wait_for(0.1)
    expect_behind(desk, "发错的图", "cancel")
    press(desk, "发错的图", "cancel")
    expect(desk.bubble("发错的图")).to_have_count(0)
    expect(desk.field).to_have_value("发错的图")
    expect(desk.page.locator(".tray__item")).to_have_count(1)
    press(desk, "写错的话", "cancel")
    expect(desk.bubble("写错的话")).to_have_count(0)
    expect(desk.field).to_have_value("写错的话\n发错的图")
    expect_delivered(desk, "看这张图")
    assert stored() == ["看这张图"]
    assert Attachment.objects.count() == len(pieces.ids) == 1
    expect_kept(desk.page)


def test_what_a_called_back_file_held_up_goes_at_once(desk):
    line = Uplink(desk.page, SLOW)
    send(desk, "看这张图", LARGE)
    desk.write("第二句")
    expect_behind(desk, "第二句", "first", "cancel")
    line.wait_for(0.1)
    press(desk, "看这张图", "cancel")
    expect_delivered(desk, "第二句")
    until(desk.page, lambda: not Upload.objects.exists())
    assert stored() == ["第二句"]


def test_another_tab_may_send_first_and_call_back(desk, problems):
    problems.expect(*CUT)
    desk.write("开始")
    desk.expect_delivered("开始")
    other = Desk(desk.page.context.new_page())
    other.page.goto(desk.page.url)
    other.expect_delivered("开始")
    line = Uplink(desk.page, SLOW)
    send(desk, "看这张图", LARGE)
    line.wait_for(0.1)
    expect(other.bubble("看这张图")).to_have_count(1)
    for text in ("很急", "写错的话"):
        other.write(text)
        expect_behind(other, text, "first", "cancel")
    press(other, "很急", "first")
    expect_delivered(other, "很急")
    press(other, "写错的话", "cancel")
    expect(other.field).to_have_value("写错的话")
    expect(desk.bubble("写错的话")).to_have_count(0)
    expect_delivered(desk, "看这张图")
    assert stored() == ["开始", "很急", "看这张图"]


def test_after_a_reload_it_still_says_what_it_waits_for(desk):
    desk.write("开始")
    desk.expect_delivered("开始")
    line = Uplink(desk.page, SLOW)
    send(desk, "看这张图", LARGE)
    desk.write("第二句")
    line.wait_for(0.1)
    expect_behind(desk, "第二句", "first", "cancel")
    desk.page.reload()
    expect_behind(desk, "第二句", "first", "cancel")
    press(desk, "第二句", "first")
    expect_delivered(desk, "第二句")
    expect_delivered(desk, "看这张图")
    assert stored() == ["开始", "第二句", "看这张图"]


def test_an_agents_words_to_somebody_else_wait_for_no_file(agent_page, zhangwei, lina):
    console = Console(agent_page)
    console.expect_live()
    ask(zhangwei, "打印机连不上了")
    ask(lina, "邮箱打不开")
    console.open("打印机")
    line = Uplink(console.page, SLOW)
    send(console, "看这张图", LARGE)
    console.write("然后重启")
    line.wait_for(0.1)
    console.open("邮箱")
    console.write("马上看您的邮箱")
    expect_delivered(console, "马上看您的邮箱")
    assert "看这张图" not in stored()
    console.open("打印机")
    expect_behind(console, "然后重启", "first", "cancel")
    expect_delivered(console, "看这张图")
    expect_delivered(console, "然后重启")


def test_a_small_file_makes_no_noise_over_what_follows(desk):
    """Nothing comes and goes in the bubble of words that wait for a moment."""
    seen = desk.page.evaluate_handle("""() => {
      const seen = [];
      const watch = () => document.querySelectorAll("[data-state]").forEach((each) => seen.push(each.dataset.state));
      new MutationObserver(watch).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
      return seen;
    }""")
    send(desk, "看这张图", SMALL)
    desk.write("第二句")
    expect_delivered(desk, "第二句")
    assert "behind" not in seen.json_value()
