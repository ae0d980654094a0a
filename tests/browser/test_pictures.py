"""Pictures and files as people meet them: over the thread, by keys and fingers, ready one after the other."""

import asyncio
import contextlib
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from playwright.sync_api import Error, expect

from conversations import broadcast, hub
from conversations.attachments import stage
from conversations.commands.messages import post_message, post_reply
from conversations.models import Attachment
from conversations.tests import hostile_files as made

from .steps import Console, Desk
from .uplink import choose

WATCH_SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.shift += each.value; }))
    .observe({ type: "layout-shift" });
}"""
TOP_OF_ALL = "list => Array.from(list.children, (each) => Math.round(each.getBoundingClientRect().top))"


def photo(size=(1600, 1200), encoding="JPEG", number=1):
    """Something one can tell apart, and see enlarged."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for step in range(0, size[0], 80):
        draw.line((step, 0, size[0] - step, size[1]), fill=(40 * number, 90, 200), width=6)
    out = io.BytesIO()
    image.save(out, encoding)
    return out.getvalue()


def staged(owner, name, content):
    return stage(owner, SimpleUploadedFile(name, content)).pk


def say(author, *files, content=""):
    ids = [staged(author, *each) for each in files]
    fields = {"msg_type": "image"} if files else {}
    return post_message(author=author, content=content, client_id=uuid.uuid4(), attachment_ids=ids, **fields)[0]


@pytest.fixture
def three(zhangwei):
    """Three pictures in two messages, of which all are ready."""
    first = say(zhangwei, ("一.jpg", photo(number=1)), ("二.png", photo((900, 1600), "PNG", 2)), content="两张")
    return first, say(zhangwei, ("三.jpg", photo((300, 200), number=3)), content="还有一张")


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


class Box:
    """The viewer over a page."""

    def __init__(self, page):
        self.page, self.viewer = page, page.locator("[data-viewer]")
        self.stage = self.viewer.locator("[data-stage]")
        self.picture = self.stage.locator("img")

    def open(self, name):
        self.page.locator(f'[data-picture][data-name="{name}"]').click()
        self.expect_shows(name)

    def expect_shows(self, name, place=None):
        expect(self.viewer).to_be_visible()
        expect(self.viewer.locator("[data-name]")).to_have_text(name)
        # The whole picture, not its small copy.
        expect(self.picture).to_have_attribute("src", re.compile(r"/attachments/[0-9a-f-]+/$"))
        if place:
            expect(self.viewer.locator("[data-place]")).to_have_text(place)

    @property
    def scale(self):
        return float(self.stage.get_attribute("data-scale"))

    def under(self, x, y):
        """Which point of the picture, in px of its fitted size, lies there."""
        left, top = self.rectangle()[:2]
        return [(x - left) / self.scale, (y - top) / self.scale]

    def rectangle(self):
        return self.picture.evaluate(
            "p => { const b = p.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }"
        )


def test_everything_in_the_viewer_goes_by_keyboard(agent_page, three, run_jobs):
    run_jobs()
    console = Console(agent_page)
    console.open("还有一张")
    box, keys = Box(console.page), console.page.keyboard
    first = console.page.locator('[data-picture][data-name="一.jpg"]')
    first.focus()
    keys.press("Enter")
    box.expect_shows("一.jpg", "1 / 3")
    expect(box.viewer.locator("[data-previous]")).to_be_hidden()
    keys.press("ArrowRight")
    box.expect_shows("二.png", "2 / 3")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    box.expect_shows("三.jpg", "3 / 3")
    assert box.rectangle()[2:] == [300, 200]  # never larger than it is by itself
    keys.press("ArrowLeft")
    box.expect_shows("二.png", "2 / 3")
    width = box.rectangle()[2]
    for _ in range(6):
        keys.press("+")
    assert box.scale >= 5
    assert box.rectangle()[2] >= 5 * width - 1
    before = box.rectangle()[1]
    keys.press("ArrowDown")
    assert box.rectangle()[1] == before - 80
    keys.press("-")
    assert 3 < box.scale < 8
    keys.press("0")
    assert box.scale == 1
    # The keyboard stays inside, and comes round.
    stops = []
    for _ in range(7):
        keys.press("Tab")
        stops.append(console.page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert len(set(stops)) == 6
    assert stops[0] == stops[6]
    assert console.page.evaluate("document.querySelector('[data-viewer]').contains(document.activeElement)")
    keys.press("e")  # would resolve the request
    keys.press("Escape")
    expect(box.viewer).to_be_hidden()
    expect(first).to_be_focused()
    console.expect_status("queued")


def test_the_browsers_own_zoom_and_a_second_escape_stay_what_they_are(agent_page, three):
    console = Console(agent_page)
    console.open("还有一张")
    box = Box(console.page)
    box.open("一.jpg")
    address = console.page.url
    taken = console.page.evaluate("""() => ["+", "-", "0"].map((key) => {
      const event = new KeyboardEvent("keydown", { key, ctrlKey: true, bubbles: true, cancelable: true });
      document.activeElement.dispatchEvent(event);
      return event.defaultPrevented;
    })""")
    assert taken == [False, False, False]
    # Pressed again before the page has stepped back: one step, and not two.
    console.page.evaluate("""() => [1, 2].forEach(() => {
      const event = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true });
      document.activeElement.dispatchEvent(event);
    })""")
    expect(box.viewer).to_be_hidden()
    expect(console.header).to_be_visible()
    assert console.page.url == address


def test_mouse_wheel_double_click_and_a_click_beside(agent_page, three):
    console = Console(agent_page)
    console.open("还有一张")
    box, mouse = Box(console.page), console.page.mouse
    box.open("一.jpg")
    point = (820, 520)
    mouse.move(*point)
    wheel(mouse, 5)
    under = box.under(*point)
    wheel(mouse, 5)
    assert box.scale >= 5
    assert box.under(*point) == pytest.approx(under, abs=1)
    before = box.rectangle()
    mouse.down()
    mouse.move(point[0] + 60, point[1] + 50, steps=4)
    mouse.up()
    assert box.rectangle()[:2] == pytest.approx([before[0] + 60, before[1] + 50], abs=1)
    box.stage.dblclick()
    assert box.scale == 1
    console.page.wait_for_timeout(400)
    box.stage.dblclick()
    assert box.scale == 3
    box.viewer.locator("[data-further]").click()
    assert box.scale == 2
    box.viewer.locator("[data-next]").click()
    box.expect_shows("二.png", "2 / 3")
    assert box.scale == 1
    console.page.keyboard.press("ArrowRight")  # the keyboard works after the mouse, wherever that clicked
    box.expect_shows("三.jpg", "3 / 3")
    mouse.click(20, 500)
    expect(box.viewer).to_be_hidden()


def wheel(mouse, notches):
    for _ in range(notches):
        mouse.wheel(0, -100)


def touch(page, kind, *points):
    """A touch as the phone's screen tells it."""
    if not hasattr(page, "touching"):
        page.touching = page.context.new_cdp_session(page)
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    page.touching.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_two_fingers_enlarge_the_picture_and_not_the_page(desk, three):
    page, box = desk.page, Box(desk.page)
    page.goto("/itdesk/")
    box.open("一.jpg")
    touch(page, "touchStart", (170, 420), (220, 420))
    for step in range(1, 11):
        touch(page, "touchMove", (170 - 12 * step, 420), (220 + 12 * step, 420))
    touch(page, "touchEnd")
    assert 5 <= box.scale <= 8
    assert page.evaluate("visualViewport.scale") == 1
    # One finger moves it, and does not turn the page.
    before = box.rectangle()[0]
    swipe(page, 300, 200)
    assert box.rectangle()[0] < before - 60
    expect(box.viewer.locator("[data-name]")).to_have_text("一.jpg")


def swipe(page, start, end, y=420):
    touch(page, "touchStart", (start, y))
    for step in range(1, 6):
        touch(page, "touchMove", (start + (end - start) * step / 5, y))
    touch(page, "touchEnd")


def tap_twice(page, box):
    """In the middle of the picture; again where a busy machine took too long between the two."""
    x, y, width, height = box.rectangle()
    for _ in range(5):
        for kind, points in (("touchStart", [(x + width / 2, y + height / 2)]), ("touchEnd", [])) * 2:
            touch(page, kind, *points)
        page.wait_for_timeout(500)
        if box.scale > 1:
            return


def test_a_swipe_shows_the_next_and_the_back_key_closes(desk, three):
    page, box = desk.page, Box(desk.page)
    page.goto("/itdesk/")
    box.open("一.jpg")
    swipe(page, 300, 120)
    box.expect_shows("二.png", "2 / 3")
    swipe(page, 120, 300)
    box.expect_shows("一.jpg", "1 / 3")
    tap_twice(page, box)
    assert box.scale == 3
    page.go_back()
    expect(box.viewer).to_be_hidden()
    assert "/itdesk/" in page.url
    box.open("一.jpg")
    page.touchscreen.tap(200, 120)
    expect(box.viewer).to_be_hidden()


def test_the_viewer_fits_the_smallest_phone_and_speaks_to_everybody(open_page, sign_in, zhangwei, three, check_axe):
    page = sign_in(open_page(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True), zhangwei)
    box = Box(page)
    box.open("二.png")
    check_axe(page)
    for name in ("further", "closer", "download", "close", "previous", "next"):
        left, top, width, height = box.viewer.locator(f"[data-{name}]").bounding_box().values()
        assert min(width, height) >= 44, name
        assert left >= 0, name
        assert left + width <= 320, name
    x, y, width, height = box.rectangle()
    assert x >= 0
    assert x + width <= 320
    assert y + height <= 568


def test_a_picture_is_saved_under_its_name(agent_page, three):
    console = Console(agent_page)
    console.open("还有一张")
    box = Box(console.page)
    box.open("二.png")
    with console.page.expect_download() as saved:
        box.viewer.locator("[data-download]").click()
    assert saved.value.suggested_filename == "二.png"


def test_a_picture_that_is_gone_says_so(agent_page, three, problems):
    problems.expect("status of 404")
    console = Console(agent_page)
    console.open("还有一张")
    for attachment in Attachment.objects.all():
        attachment.file.storage.delete(attachment.file.name)
    console.page.locator('[data-picture][data-name="一.jpg"]').click()
    expect(Box(console.page).viewer.locator("[data-trouble]")).to_be_visible()


# Ready ---------------------------------------------------------------------------------------------------------------
def test_a_small_copy_changes_nothing_that_is_on_screen(desk, agent_page, zhangwei, wangqiang, run_jobs):
    message = say(zhangwei, ("一.jpg", photo()), ("二.jpg", photo((700, 900))), content="看")
    for number in range(3):
        say(zhangwei, content=f"下面还有 {number}")
    desk.page.goto("/itdesk/")
    console = Console(agent_page)
    console.expect_live()
    console.open("下面还有 2")
    pages = (desk.page, console.page)
    for page in pages:
        bubble = page.locator(f'[data-id="{message.pk}"]')
        expect(bubble.locator("img").nth(1)).to_have_js_property("complete", True)
        expect(bubble.locator("img").first).to_have_js_property("naturalWidth", 1600)
    asked = [[], []]
    before = []
    for page, requests in zip(pages, asked, strict=True):
        page.evaluate("window.shown = document.querySelector('#messages img')")
        page.evaluate(WATCH_SHIFTS)
        page.on("request", lambda request, requests=requests: requests.append(request.url))
        before.append(page.locator("#messages").evaluate(TOP_OF_ALL))
    run_jobs()
    for page, requests, tops in zip(pages, asked, before, strict=True):
        expect(page.locator(f'[data-id="{message.pk}"]')).to_have_attribute("data-version", "5")
        assert page.locator("#messages").evaluate(TOP_OF_ALL) == tops
        assert page.evaluate("window.shown === document.querySelector('#messages img')")
        page.wait_for_timeout(200)
        assert page.evaluate("window.shift") == 0
        assert [url for url in requests if "/attachments/" in url] == []
    # Whoever comes later loads the small ones.
    desk.page.reload()
    shown = desk.page.locator(f'[data-id="{message.pk}"] img').first
    expect(shown).to_have_js_property("naturalWidth", 480)
    assert desk.page.locator("#messages").evaluate(TOP_OF_ALL) == before[0]


def test_a_photo_of_an_iphone_becomes_a_picture_on_both_pages(desk, agent_page, zhangwei, run_jobs):
    message = say(zhangwei, ("IMG_0042.HEIC", made.heic((1200, 900))), content="机房照片")
    say(zhangwei, content="下一句")
    desk.page.goto("/itdesk/")
    console = Console(agent_page)
    console.expect_live()
    console.open("下一句")
    pages = (desk.page, console.page)
    before = []
    for page in pages:
        expect(page.locator("[data-converting]")).to_have_text("正在转换")
        expect(page.locator("[data-converting] svg")).to_have_js_property(
            "clientWidth", 234 if page is desk.page else 240
        )
        before.append(page.locator("#messages").evaluate(TOP_OF_ALL))
    run_jobs()
    for page, tops in zip(pages, before, strict=True):
        expect(page.locator("[data-converting]")).to_have_count(0)
        picture = page.locator(f'[data-id="{message.pk}"] img')
        expect(picture).to_have_js_property("naturalWidth", 480)
        assert page.locator("#messages").evaluate(TOP_OF_ALL) == tops
    Box(desk.page).open("IMG_0042.jpg")


def test_a_lost_frame_heals_with_the_next_beat(desk, zhangwei, run_jobs, monkeypatch, live):
    message = say(zhangwei, ("IMG_0042.HEIC", made.heic((1200, 900))), content="机房照片")
    desk.page.goto("/itdesk/")
    expect(desk.page.locator("[data-converting]")).to_have_count(1)
    with monkeypatch.context() as deaf:
        deaf.setattr(broadcast, "_publish", lambda frames: None)
        run_jobs()
    expect(desk.page.locator("[data-converting]")).to_have_count(1)
    asyncio.run_coroutine_threadsafe(hub._hub.beat_once(), hub._hub.loop).result(5)
    expect(desk.page.locator(f'[data-id="{message.pk}"] img')).to_have_js_property("naturalWidth", 480)


def test_ones_own_picture_stays_on_screen_while_the_servers_is_on_its_way(desk):
    desk.field.evaluate(
        """(field, bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(bytes)], "屏幕.jpg", { type: "image/jpeg" }));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        list(photo((800, 600))),
    )
    held = []
    desk.page.route(re.compile(r"/attachments/"), lambda route: held.append(route))
    desk.write("")
    picture = desk.messages.locator("[data-picture] img")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    expect(picture).to_have_js_property("naturalWidth", 800)
    desk.page.wait_for_timeout(300)
    for route in held:
        route.continue_()
    expect(picture).to_have_attribute("src", re.compile("/attachments/"))
    expect(picture).to_have_count(1)


def test_a_picture_stays_with_its_own_file(desk):
    """Of two that this device shows, one is no picture to the server: the other must not take its place."""
    held = []
    desk.page.route(re.compile(r"/attachments/"), lambda route: held.append(route))
    choose(
        desk,
        {"name": "一.bmp", "mimeType": "image/bmp", "buffer": photo((40, 40), "BMP")},
        {"name": "二.png", "mimeType": "image/png", "buffer": photo((90, 60), "PNG")},
    )
    desk.write("两张")
    picture = desk.messages.locator("[data-picture] img")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    expect(picture).to_have_js_property("naturalWidth", 90)
    for route in held:
        route.continue_()


# Texts and everything else ---------------------------------------------------------------------------------------------
def test_a_text_opens_over_the_thread_whatever_it_is_written_in(desk, zhangwei):
    say(zhangwei, ("打印机.log", "错误：打印机脱机\n<b>0x80070005</b>\n".encode("gb18030")), content="日志")
    page = desk.page
    page.goto("/itdesk/")
    file = desk.bubble("日志").locator(".message__file")
    expect(file).to_contain_text("文本")
    file.click()
    paper = page.locator("[data-paper]")
    expect(paper.locator("code")).to_have_text("错误：打印机脱机\n<b>0x80070005</b>\n")
    expect(paper.locator("h2")).to_have_text("打印机.log")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    paper.locator("[data-copy]").click()
    expect(paper.locator("[data-copy]")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "错误：打印机脱机\n<b>0x80070005</b>\n"
    with page.expect_download() as saved:
        paper.locator("a[download]").click()
    assert saved.value.suggested_filename == "打印机.log"
    page.keyboard.press("Escape")
    expect(paper).to_be_hidden()
    expect(file).to_be_focused()
    file.click()
    expect(paper).to_be_visible()
    page.go_back()
    expect(paper).to_be_hidden()


def test_a_text_opens_at_the_console_as_well(agent_page, zhangwei, check_axe):
    say(zhangwei, ("长.log", ("一行日志\n" * 20_000).encode()), content="日志")
    console = Console(agent_page)
    console.open("日志")
    console.page.locator(".message__file").click()
    paper = console.page.locator("[data-paper]")
    expect(paper).to_contain_text("只显示开头 64 KB")
    check_axe(console.page)
    box = paper.locator(".paper__card").bounding_box()
    assert box["height"] <= 900
    console.page.keyboard.press("Escape")
    expect(paper).to_be_hidden()


@pytest.mark.parametrize(
    "name",
    [
        "script.gif",
        "html-tail.png",
        "script-comment.jpg",
        "svg.txt",
        "html.txt",
        "utf7.txt",
        "utf16.txt",
        "html.pdf",
        "page.zip",
    ],
)
def test_no_file_runs_anything_however_it_is_opened(agent_page, zhangwei, wangqiang, problems, name):
    problems.expect("refused|blocked|Refused|ERR_")
    first = say(zhangwei, content="看文件")
    ids = [staged(wangqiang, name, made.TAKEN[name])]
    post_reply(
        author=wangqiang,
        conversation_id=first.conversation_id,
        content="",
        client_id=uuid.uuid4(),
        attachment_ids=ids,
        msg_type="file",
    )
    page, ran = agent_page.context.new_page(), []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    address = f"/attachments/{Attachment.objects.get().pk}/"
    for way in (address, f"{address}?download"):
        with contextlib.suppress(Error):  # what is saved leaves no page behind
            page.goto(way)
    # As a script, a style and a frame of a page of ours.
    page.goto("/agent/")
    outcome = page.evaluate(
        """(address) => Promise.all(["script", "iframe"].map((kind) => new Promise((done) => {
          const element = document.createElement(kind);
          element.onload = () => done("loaded");
          element.onerror = () => done("refused");
          element.src = address;
          document.body.append(element);
          setTimeout(() => done("nothing"), 1500);
        })))""",
        address,
    )
    assert outcome[0] != "loaded"
    assert ran == []
