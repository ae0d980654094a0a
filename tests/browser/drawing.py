"""Pictures as people have them, the editor as they use it, and the pixels that arrived."""

import functools
import io
import random

from PIL import Image
from playwright.sync_api import expect

from conversations.models import Attachment

GROUND = (240, 240, 240)
SECRET = (12, 200, 77)  # a colour that nothing else on the page has
COVER = (0, 0, 0)
MARK = (224, 38, 27)  # --mark in tokens.css
BEGINS_SECRET, ENDS_SECRET = (0.2, 0.2), (0.8, 0.8)  # a little more than the secret of `screen()`
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


def screen(width=800, height=600, secret=(200, 150, 600, 450)):
    """A PNG as a screen shows it: even ground, and something at `secret` that is nobody's business."""
    image = Image.new("RGB", (width, height), GROUND)
    if secret:
        image.paste(SECRET, secret)
    return encoded(image, "PNG")


@functools.cache
def photo(width=3000, height=2000, encoding="JPEG", exif=b"", quality=85):
    """Noise, as a sensor makes it; the left half is bright."""
    noise = Image.frombytes("L", (width, height), random.Random(1).randbytes(width * height))
    image = Image.merge("RGB", [noise.point(lambda value: 30 + value // 8)] * 3)
    image.paste(image.point(lambda value: value + 170).crop((0, 0, width // 2, height)), (0, 0))
    return encoded(image, encoding, exif=exif, quality=quality)


def encoded(image, encoding, **options):
    out = io.BytesIO()
    image.save(out, encoding, **options)
    return out.getvalue()


def chosen(name, content):
    kinds = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
    kind = kinds.get(name.rpartition(".")[2], "application/octet-stream")
    return {"name": name, "mimeType": kind, "buffer": content}


def pick(page, *files):
    """Through the picker: `(name, content)` each."""
    page.locator("[data-files][accept]").set_input_files([chosen(*file) for file in files])


def opened(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def stored(**which):
    """The one picture that the server holds, decoded."""
    with Attachment.objects.get(**which).file.open() as file:
        return opened(file.read())


def count_of(image, colour, slack=0):
    """How many pixels have this colour, give or take `slack` in each part."""
    near = [
        part.point(lambda value, wanted=wanted: 255 if abs(value - wanted) <= slack else 0)
        for part, wanted in zip(image.split(), colour, strict=True)
    ]
    together = Image.merge("RGB", near)
    return {colour: count for count, colour in together.getcolors(1 << 24)}.get((255, 255, 255), 0)


class Editor:
    """Somebody at the picture editor. Places are parts of the picture: (0, 0) to (1, 1)."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".editor")
        self.canvas = self.root.locator("canvas")

    def open(self, at=0):
        self.page.locator("[data-mark]").nth(at).click()
        return self.expect_open()

    def expect_open(self):
        expect(self.canvas).to_be_visible()
        return self

    def expect_closed(self):
        expect(self.root).to_have_count(0)

    def take(self, tool):
        self.root.locator(f'[data-tool="{tool}"]').click()

    def place(self, at):
        box = self.canvas.bounding_box()
        return box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]

    def drag(self, start, end):
        self.page.mouse.move(*self.place(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.place(end), steps=4)
        self.page.mouse.up()

    def tap(self, at):
        self.page.mouse.click(*self.place(at))

    def press(self, name):
        self.root.locator(f"[data-{name}]").click()

    def finish(self):
        self.press("done")
        self.expect_closed()


def send(page):
    page.locator("[data-composer] [type=submit], [data-send]").first.click()
    expect_sent(page)


def expect_sent(page):
    expect(page.locator("#messages [data-message][data-seq] .message__picture").first).to_be_visible()
    expect(page.locator(".tray__item")).to_have_count(0)
