"""Pictures over the thread, by keys, mouse and fingers."""

import re

import pytest
from playwright.sync_api import expect

from conversations.models import Attachment

from .posted import photo, say
from .steps import Console, Desk


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
