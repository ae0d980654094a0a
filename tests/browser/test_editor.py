"""Covering, pointing, writing and cutting before a picture leaves; what is covered or cut away leaves in no form."""

import base64
import re
import uuid

import pytest
from playwright.sync_api import expect

from conversations.commands import messages
from conversations.models import Attachment

from .drawing import COVER, GROUND, MARK, SECRET, Editor, chosen, count_of, opened, photo, pick, screen, stored
from .steps import Console, Desk
from .test_desk import hold_posts, until

STICKS_OUT = """() => Array.from(document.querySelectorAll(".editor *")).filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1);
}).map((each) => each.outerHTML.slice(0, 80))"""
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
RECORD = """() => {
  window.sent = [];
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (body) {
    const parts = body instanceof FormData ? Array.from(body.values()) : [body];
    window.sent.push(...parts.filter((part) => part instanceof Blob || part instanceof ArrayBuffer));
    return send.call(this, body);
  };
}"""
RECORDED = """() => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1]);
  reader.readAsDataURL(new Blob(window.sent));
})"""
NO_SCREEN = "delete MediaDevices.prototype.getDisplayMedia"
BEGINS_SECRET, ENDS_SECRET = (0.2, 0.2), (0.8, 0.8)  # a little more than the secret of `screen()`


def ask(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


@pytest.fixture
def desk(open_page, sign_in, zhangwei):
    return Desk(sign_in(open_page(), zhangwei, "/itdesk/"))


@pytest.fixture
def editor(desk):
    """A screenshot with a secret is in the tray, and opened."""
    pick(desk.page, ("屏幕.png", screen()))
    return Editor(desk.page).open()


@pytest.fixture
def console(agent_page, zhangwei):
    ask(zhangwei)
    console = Console(agent_page)
    console.expect_live()
    console.open("打印机")
    return console


@pytest.fixture
def uploaded(desk):
    """`uploaded()` → every byte of the files that the page has sent, whatever parts it sends them in."""
    desk.page.evaluate(RECORD)
    return lambda: base64.b64decode(desk.page.evaluate(RECORDED))


def send(page):
    page.locator("[data-composer] [type=submit], [data-send]").first.click()
    expect_sent(page)


def expect_sent(page):
    expect(page.locator("#messages [data-message][data-seq] .message__picture").first).to_be_visible()
    expect(page.locator(".tray__item")).to_have_count(0)


# What is covered ------------------------------------------------------------------------------------------------------


def test_a_black_box_is_burnt_in_and_nothing_under_it_leaves_the_device(editor, uploaded):
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.finish()
    send(editor.page)
    image = stored()
    assert image.size == (800, 600)
    assert image.getpixel((400, 300)) == COVER
    assert image.getpixel((20, 20)) == GROUND
    assert count_of(image, SECRET, slack=60) == 0
    assert count_of(opened(uploaded()), SECRET, slack=60) == 0
    assert screen()[40:200] not in uploaded()
    # The edges of the box fall between pixels: none of them is half of each.
    colours = {colour for _count, colour in image.getcolors()}
    assert colours == {COVER, GROUND}


def test_the_original_is_gone_from_the_tray_as_well(editor):
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.finish()
    again = editor.open()
    again.drag((0.05, 0.05), (0.1, 0.1))
    for _ in range(3):
        again.page.keyboard.press("Control+z")
    again.take("crop")
    again.drag((0.3, 0.3), (0.7, 0.7))
    again.finish()
    send(again.page)
    assert count_of(stored(), SECRET, slack=60) == 0
    assert count_of(stored(), COVER) == stored().width * stored().height


def test_a_photo_keeps_its_size_and_its_kind_under_the_marks(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    editor = Editor(desk.page).open()
    editor.drag((0.1, 0.1), (0.4, 0.9))
    editor.finish()
    send(desk.page)
    image = stored()
    assert image.size == (1600, 1067)
    assert Attachment.objects.get().name == "IMG_1.jpg"
    assert max(image.getpixel((400, 500))) < 8
    assert min(image.getpixel((60, 60))) > 100


def test_marks_on_a_small_photo_leave_no_choice(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    expect(desk.page.locator("[data-original]")).to_be_visible()
    editor = Editor(desk.page).open()
    editor.drag((0.1, 0.1), (0.4, 0.9))
    editor.finish()
    expect(desk.page.locator("[data-original]")).to_be_hidden()


def test_marks_on_the_original_are_in_the_original(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    desk.page.locator("[data-original]").click()
    editor = Editor(desk.page).open()
    editor.drag((0.1, 0.1), (0.4, 0.9))
    editor.finish()
    send(desk.page)
    assert stored().size == (3000, 2000)
    assert max(stored().getpixel((700, 1000))) < 8


def test_what_is_left_open_stays_as_it_was(editor):
    original = screen()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.press("cancel")
    editor.expect_closed()
    send(editor.page)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == original


def test_who_taps_twice_to_leave_stays_on_the_page(editor):
    address = editor.page.url
    editor.root.locator("[data-cancel]").evaluate("(button) => { button.click(); button.click(); }")
    editor.expect_closed()
    expect(editor.page.locator(".tray__item")).to_have_count(1)
    assert editor.page.url == address
    send(editor.page)


def test_nothing_drawn_is_nothing_changed(editor):
    original = screen()
    editor.drag((0.5, 0.5), (0.5, 0.5))
    editor.finish()
    send(editor.page)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == original


def test_a_covered_picture_is_not_uncovered_by_another_device(console, open_page, sign_in, wangqiang):
    pick(console.page, ("屏幕.png", screen()))
    console.field.fill("您看这里")
    editor = Editor(console.page).open()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.finish()
    console.page.evaluate("document.activeElement.blur()")
    # The same agent goes on writing at another machine: those words come here, with the files that were here.
    other = Console(sign_in(open_page(), wangqiang, "/agent/"))
    other.open("打印机")
    expect(other.field).to_have_value("您看这里")
    other.field.fill("这里是他的屏幕")
    expect(console.field).to_have_value("这里是他的屏幕")
    send(console.page)
    assert count_of(stored(), SECRET, slack=60) == 0


# Cutting, pointing, writing -------------------------------------------------------------------------------------------


def test_a_cut_leaves_only_what_is_inside(editor, uploaded):
    editor.take("crop")
    editor.drag((0.02, 0.02), (0.5, 0.2))
    editor.finish()
    send(editor.page)
    image = stored()
    assert abs(image.width - 384) < 6
    assert abs(image.height - 108) < 6
    assert image.getcolors() == [(image.width * image.height, GROUND)]
    assert opened(uploaded()).size == image.size


@pytest.mark.parametrize("end", [(0.72, 0.72), (0.5, 0.52), (0.95, 0.95)])
def test_what_was_cut_away_does_not_come_back_with_the_next_frame(editor, uploaded, end):
    """A touch beside the frame lets go of it: the picture moves under the finger, which goes on drawing."""
    editor.take("crop")
    editor.drag((0.02, 0.02), (0.3, 0.18))
    editor.drag((0.5, 0.5), end)
    editor.take("crop")
    editor.finish()
    send(editor.page)
    assert count_of(stored(), SECRET, slack=60) == 0
    assert count_of(opened(uploaded()), SECRET, slack=60) == 0
    assert stored().width <= 230
    assert stored().height <= 100


def test_the_frame_of_a_cut_can_be_pulled(editor):
    editor.take("crop")
    editor.drag((0.2, 0.2), (0.6, 0.6))
    editor.drag((0.6, 0.4), (0.8, 0.4))  # its right edge
    editor.drag((0.5, 0.4), (0.5, 0.5))  # all of it
    editor.take("crop")
    editor.finish()
    send(editor.page)
    assert abs(stored().width - 480) < 8
    assert abs(stored().height - 240) < 8


@pytest.mark.parametrize("tool", ["arrow", "rect"])
def test_a_mark_is_red_in_what_arrives(editor, tool):
    editor.take(tool)
    editor.drag((0.1, 0.1), (0.9, 0.15))
    editor.finish()
    send(editor.page)
    assert count_of(stored(), MARK) > 500
    assert count_of(stored(), SECRET) == 400 * 300


def test_words_are_written_where_somebody_tapped(editor):
    editor.take("text")
    editor.tap((0.1, 0.1))
    field = editor.root.locator("[data-words] input")
    expect(field).to_be_focused()
    field.type("请点这里")
    editor.page.keyboard.press("Enter")
    expect(field).to_be_hidden()
    editor.finish()
    send(editor.page)
    image = stored()
    assert count_of(image, MARK) > 100
    assert count_of(image.crop((0, 0, 400, 150)), MARK) == count_of(image, MARK)


def test_words_that_begin_at_the_edge_stay_in_the_picture(editor):
    editor.take("text")
    editor.tap((0.98, 0.98))
    editor.root.locator("[data-words] input").fill("这几个字很长，一直写到图片外面去了，也要看得见" * 2)
    editor.root.locator("[data-words] button").click()
    editor.finish()
    send(editor.page)
    image = stored()
    assert count_of(image.crop((0, 0, 3, 600)), MARK) == 0
    assert count_of(image.crop((797, 0, 800, 600)), MARK) == 0
    assert count_of(image, MARK) > 100


def test_the_input_method_keeps_its_enter(editor):
    editor.take("text")
    editor.tap((0.1, 0.1))
    field = editor.root.locator("[data-words] input")
    field.fill("da yin ji")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(field).to_be_visible()


def test_every_step_can_be_undone_and_done_again(editor):
    undo, redo = editor.root.locator("[data-undo]"), editor.root.locator("[data-redo]")
    expect(undo).to_be_disabled()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.take("rect")
    editor.drag((0.05, 0.05), (0.15, 0.15))
    editor.take("crop")
    editor.drag((0, 0), (0.5, 0.5))
    editor.take("crop")
    for _ in range(3):
        undo.click()
    expect(undo).to_be_disabled()
    redo.click()
    expect(redo).to_be_enabled()
    editor.finish()
    send(editor.page)
    image = stored()
    assert image.size == (800, 600)
    assert (count_of(image, SECRET), count_of(image, MARK)) == (0, 0)


# Hands and keys -------------------------------------------------------------------------------------------------------


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


# The screen -----------------------------------------------------------------------------------------------------------


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
