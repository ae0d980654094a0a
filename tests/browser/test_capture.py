"""A still picture of the screen, or of the own page where there is none."""

import re

import pytest
from playwright.sync_api import expect

from .drawing import SECRET, Editor, count_of, expect_sent, opened, send, stored

# A screen of 1000×800 with a secret in it, as a browser would hand it over.
SHARED_SCREEN = """
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 1000;
    canvas.height = 800;
    const context = canvas.getContext("2d");
    const paint = () => {
      context.fillStyle = "rgb(240, 240, 240)";
      context.fillRect(0, 0, 1000, 800);
      context.fillStyle = "rgb(12, 200, 77)";
      context.fillRect(600, 0, 400, 800);
    };
    paint();
    setInterval(paint, 50);
    const stream = canvas.captureStream(20);
    window.tracks = stream.getTracks();
    return stream;
  };
"""
NO_SCREEN = "delete MediaDevices.prototype.getDisplayMedia"


@pytest.fixture
def desk(desktop):
    return desktop


@pytest.fixture
def console(asked):
    return asked


def shoot(page):
    page.locator("[data-capture]").click()
    return Editor(page).expect_open()


def test_a_shot_of_the_screen_is_cut_first_and_nothing_else_of_it_leaves(desk, uploaded):
    desk.page.evaluate(SHARED_SCREEN)
    editor = shoot(desk.page)
    expect(editor.root.locator('[data-tool="crop"]')).to_have_attribute("aria-pressed", "true")
    assert desk.page.evaluate("window.tracks.map((track) => track.readyState)") == ["ended"]
    editor.drag((0.1, 0.1), (0.5, 0.6))
    editor.finish()
    expect(desk.field).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect_sent(desk.page)
    assert abs(stored().width - 400) < 8
    assert abs(stored().height - 400) < 8
    assert count_of(opened(uploaded()), SECRET, slack=60) == 0


def test_an_agent_sends_a_shot_of_the_screen(console):
    console.page.evaluate(SHARED_SCREEN)
    editor = shoot(console.page)
    console.page.keyboard.press("Control+Enter")
    editor.expect_closed()
    expect_sent(console.page)
    assert stored().size == (1000, 800)
    assert count_of(stored(), SECRET, slack=12) > 400 * 700


def test_a_shot_that_nobody_wants_is_nowhere(desk):
    desk.page.evaluate(SHARED_SCREEN)
    editor = shoot(desk.page)
    editor.press("cancel")
    editor.expect_closed()
    expect(desk.page.locator(".tray__item")).to_have_count(0)
    expect(desk.page.locator("[data-capture]")).to_be_focused()


def test_who_thinks_better_of_sharing_hears_nothing(desk):
    desk.page.evaluate(
        """() => {
          navigator.mediaDevices.getDisplayMedia = () => new Promise((resolve, reject) => {
            const no = new DOMException("Permission denied", "NotAllowedError");
            setTimeout(() => { document.title = "asked"; reject(no); }, 600);
          });
        }"""
    )
    desk.page.locator("[data-capture]").click()
    expect(desk.page).to_have_title("asked")
    expect(desk.page.locator(".editor")).to_have_count(0)
    expect(desk.page.locator("[data-word]")).to_be_hidden()


@pytest.mark.parametrize(
    "why",
    [
        NO_SCREEN,
        "MediaDevices.prototype.getDisplayMedia = async () => { throw new DOMException('', 'NotAllowedError'); }",
    ],
)
def test_where_no_screen_can_be_had_it_takes_this_page(desk, why):
    desk.write("打印机连不上了")
    desk.expect_delivered("打印机连不上了")
    desk.page.add_init_script(why)
    desk.page.reload()
    desk.expect_delivered("打印机连不上了")
    editor = shoot(desk.page)
    expect(editor.root.locator("[data-note]")).to_contain_text("只能截到服务台自己的页面")
    editor.finish()
    send(desk.page)
    image = stored()
    assert image.size == (1440, 900)
    # The own bubble is on it, in its colour, and words.
    assert count_of(image, (213, 229, 252)) > 500
    assert len(image.getcolors(1 << 24)) > 50
    # And the icons, which lie in a file of their own.
    for icon in desk.page.locator("[data-composer] .icon:visible").all():
        place = icon.bounding_box()
        corners = (place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"])
        assert len(image.crop([round(each) for each in corners]).getcolors(1 << 24)) > 4


def test_where_not_even_that_works_it_says_what_does(desk, problems):
    problems.expect("snapdom", "ERR_FAILED")
    desk.page.add_init_script(NO_SCREEN)
    desk.page.reload()
    desk.page.route(re.compile("snapdom"), lambda route: route.abort())
    desk.page.locator("[data-capture]").click()
    expect(desk.page.locator("[data-word]")).to_have_text("请用系统或企业微信的截屏，再粘贴到这里")
