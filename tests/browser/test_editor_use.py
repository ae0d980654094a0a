"""Hands, keys, thumbs and screen readers at the picture editor, and the ways out of it."""

import re

import pytest
from playwright.sync_api import expect

from .asking import until
from .drawing import (
    BEGINS_SECRET,
    COVER,
    ENDS_SECRET,
    MARK,
    SECRET,
    Editor,
    chosen,
    count_of,
    expect_sent,
    photo,
    pick,
    screen,
    send,
    stored,
)
from .test_desk import hold_posts

STICKS_OUT = """() => Array.from(document.querySelectorAll(".editor *")).filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1);
}).map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def desk(desktop):
    return desktop


@pytest.fixture
def console(asked):
    return asked


def test_everything_can_be_done_by_keys(desk):
    pick(desk.page, ("屏幕.png", screen()))
    editor = Editor(desk.page)
    keyboard = desk.page.keyboard
    desk.page.locator("[data-mark]").focus()
    keyboard.press("Enter")
    editor.expect_open()
    expect(editor.canvas).to_be_focused()
    for key in ("Space", *["Shift+ArrowRight"] * 60, *["Shift+ArrowDown"] * 60, *["ArrowLeft"] * 60, *["ArrowUp"] * 60):
        keyboard.press(key)
    keyboard.press("Enter")
    keyboard.press("Enter")
    editor.expect_closed()
    expect(desk.field).to_be_focused()
    keyboard.press("Enter")
    expect_sent(desk.page)
    image = stored()
    assert image.getpixel((0, 0)) == COVER
    assert count_of(image, COVER) > 200 * 200


def test_words_by_keys(editor):
    keyboard = editor.page.keyboard
    for _ in range(20):
        if editor.page.evaluate("document.activeElement.dataset.tool") == "text":
            break
        keyboard.press("Tab")
    keyboard.press("Enter")
    for _ in range(20):
        if editor.page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
        keyboard.press("Shift+Tab")
    keyboard.press("Space")
    for _ in range(20):
        keyboard.press("ArrowUp")
    keyboard.press("Enter")
    keyboard.type("1F")
    keyboard.press("Enter")
    keyboard.press("Enter")
    editor.expect_closed()
    send(editor.page)
    assert count_of(stored().crop((0, 0, 800, 200)), MARK) > 20


def test_the_page_behind_hears_no_key_and_no_paste(console):
    pick(console.page, ("屏幕.png", screen()))
    editor = Editor(console.page).open()
    for key in ("e", "n", "?", "j"):
        console.page.keyboard.press(key)
    for _ in range(12):
        console.page.keyboard.press("Tab")
        assert console.page.evaluate("document.querySelector('.editor').contains(document.activeElement)")
    editor.canvas.evaluate(
        """(canvas) => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "a.txt", { type: "text/plain" }));
          canvas.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    console.page.keyboard.press("Escape")
    editor.expect_closed()
    expect(console.page.locator(".tray__item")).to_have_count(1)
    expect(console.page.locator("[data-reply]")).to_have_attribute("data-mode", "reply")
    console.expect_status("queued")


def test_an_agent_pastes_marks_and_sends_in_four_steps(console):
    pick(console.page, ("屏幕.png", screen()))  # 1: paste
    editor = Editor(console.page).open()  # 2
    editor.drag(BEGINS_SECRET, ENDS_SECRET)  # 3
    console.page.keyboard.press("Control+Enter")  # 4: done, and sent
    editor.expect_closed()
    expect_sent(console.page)
    assert count_of(stored(), SECRET, slack=60) == 0


@pytest.mark.parametrize("way", ["back", "escape"])
def test_one_step_back_closes_the_editor_and_nothing_else(console, way):
    pick(console.page, ("屏幕.png", screen()))
    console.field.fill("半句")
    section = console.page.locator("[data-thread]").element_handle()
    address = console.page.url
    asked = []
    console.page.on("request", lambda request: asked.append(request.headers))
    editor = Editor(console.page).open()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    console.page.go_back() if way == "back" else console.page.keyboard.press("Escape")
    editor.expect_closed()
    assert console.page.url == address
    assert section.evaluate("section => section.isConnected")
    expect(console.field).to_have_value("半句")
    expect(console.page.locator(".tray__item")).to_have_count(1)
    expect(console.page.locator("[data-mark]")).to_be_focused()
    send(console.page)
    assert [each for each in asked if "hx-history-restore-request" in each] == []


def test_a_request_that_begins_behind_the_editor_keeps_its_address(desk):
    """The first words are answered while somebody draws: the page below has another address from then on."""
    held = hold_posts(desk.page)
    desk.write("打印机连不上了")
    pick(desk.page, ("屏幕.png", screen()))
    editor = Editor(desk.page).open()
    until(desk.page, lambda: held)
    held.pop().continue_()
    desk.expect_delivered("打印机连不上了")
    address = desk.page.evaluate("() => location.pathname")
    assert re.fullmatch(r"/itdesk/c/[0-9a-f-]{36}/?|/itdesk/[^/]*/?[0-9a-f-]{36}/?", address), address
    editor.press("cancel")
    editor.expect_closed()
    assert desk.page.evaluate("() => location.pathname") == address
    desk.page.reload()
    desk.expect_delivered("打印机连不上了")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (844, 390)])
def test_a_thumb_covers_what_a_phone_shows(open_page, sign_in, zhangwei, width, height):
    page = open_page(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    sign_in(page, zhangwei, "/itdesk/")
    pick(page, ("截屏.png", screen(590, 1278, (100, 400, 500, 700))))
    page.locator("[data-mark]").tap()
    editor = Editor(page).expect_open()
    assert page.evaluate(STICKS_OUT) == []
    sizes = editor.root.locator("button:visible").evaluate_all("all => all.map((each) => each.getBoundingClientRect())")
    assert min(min(each["width"], each["height"]) for each in sizes) >= 44
    touch(page, editor.place((0.1, 0.3)), editor.place((0.9, 0.57)))
    editor.root.locator("[data-done]").tap()
    editor.expect_closed()
    page.locator("[data-composer] [type=submit]").tap()
    expect_sent(page)
    assert count_of(stored(), SECRET, slack=60) == 0


def touch(page, start, end):
    session = page.context.new_cdp_session(page)

    def tell(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    tell("touchStart", start)
    for part in (0.25, 0.5, 0.75, 1):
        tell("touchMove", tuple(a + (b - a) * part for a, b in zip(start, end, strict=True)))
    tell("touchEnd")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_screen_reader_finds_its_way_in_the_editor(open_page, sign_in, check_axe, zhangwei, color_scheme):
    page = sign_in(open_page(phone=True, color_scheme=color_scheme), zhangwei, "/itdesk/")
    pick(page, ("屏幕.png", screen()), ("IMG_1.jpg", photo()))
    expect(page.locator("[data-original]").nth(1)).to_be_visible()
    check_axe(page)
    editor = Editor(page).open()
    check_axe(page)
    editor.take("text")
    editor.tap((0.5, 0.5))
    check_axe(page)


def test_a_moving_picture_is_not_stopped(desk):
    desk.page.locator("[data-files][accept]").set_input_files(
        chosen(
            "a.gif",
            b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
        )
    )
    expect(desk.page.locator(".tray__item")).to_have_count(1)
    expect(desk.page.locator("[data-mark]")).to_be_hidden()


def test_without_a_network_it_says_so_and_the_picture_can_still_be_sent(desk, problems):
    problems.expect("editor", "ERR_FAILED")
    pick(desk.page, ("屏幕.png", screen()))
    desk.page.route(re.compile("/editor"), lambda route: route.abort())
    desk.page.locator("[data-mark]").click()
    expect(desk.page.locator("[data-word]")).to_have_text("现在没有网络，连上后再试一次")
    desk.page.unroute(re.compile("/editor"))
    Editor(desk.page).open().finish()
    send(desk.page)
