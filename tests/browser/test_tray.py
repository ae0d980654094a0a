"""How files come into a message, and what becomes of them before they leave: every way in, at a real browser."""

import base64
import gzip
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from conversations.models import Attachment, Message

from .asking import ask, until
from .drawing import Editor, chosen, encoded, opened, photo, pick, screen, stored
from .trays import expect_ready, said, send, tray

LAZY = re.compile(r"/(?:editor|page_shot|snapdom)[\w.-]*\.(?:m?js|css|svg)|vendor/zumer")
COPY = """async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const item = new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) });
  await navigator.clipboard.write([item]);
}"""

# Faster than any photo can be made small.
PASTE_AND_SEND = """(base64) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "IMG_1.jpg", { type: "image/jpeg" }));
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("#content, #reply-content").dispatchEvent(paste);
  document.querySelector("[data-composer] [type=submit], [data-send]").click();
}"""


@pytest.fixture
def desk(desktop):
    return desktop


@pytest.fixture
def console(asked):
    return asked


def copy_picture(page, content):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(COPY, base64.b64encode(content).decode())


def drop_from_disk(page, *paths):
    """A real drag from the file manager, folders included."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": data})


def expect_message_with(count):
    """One message, with so many files in it."""
    assert Message.objects.filter(msg_type__in=("image", "file")).count() == 1
    assert Attachment.objects.filter(message__isnull=False).count() == count


# Ways in --------------------------------------------------------------------------------------------------------------


def test_a_screenshot_goes_out_by_two_keys(desk):
    copy_picture(desk.page, screen(1920, 1080))
    desk.field.focus()
    desk.page.keyboard.press("Control+v")
    desk.page.keyboard.press("Enter")
    expect(desk.messages.filter(has=desk.page.locator(".message__picture"))).to_have_attribute(
        "data-seq", re.compile(r"^\d+$")
    )
    assert stored().size == (1920, 1080)
    assert re.fullmatch(r"screenshot-\d{8}-\d{6}\.png", Attachment.objects.get().name)


def test_two_keys_are_enough_wherever_the_focus_is(desk):
    copy_picture(desk.page, screen(300, 200))
    desk.page.evaluate("document.activeElement.blur()")
    desk.page.keyboard.press("Control+v")
    expect(desk.field).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.messages.locator(".message__picture")).to_have_count(1)


def test_cells_of_a_spreadsheet_are_pasted_as_text(desk):
    desk.field.evaluate(
        """(field) => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "image.png", { type: "image/png" }));
          data.setData("text/plain", "A1\tB1");
          const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          field.dataset.taken = String(!field.dispatchEvent(paste));
        }"""
    )
    expect(desk.field).to_have_attribute("data-taken", "false")
    expect(tray(desk.page)).to_have_count(0)


def test_files_are_dropped_and_a_folder_says_what_to_do(desk, tmp_path):
    (tmp_path / "日志").mkdir()
    (tmp_path / "日志" / "a.txt").write_text("x")
    (tmp_path / "错误.txt").write_text("port 3 down")
    drop_from_disk(desk.page, tmp_path / "错误.txt", tmp_path / "日志")
    expect(tray(desk.page)).to_have_count(1)
    expect(said(desk.page)).to_have_text("“日志” 是文件夹。请压缩成 zip 后再发")
    send(desk.page)
    assert Attachment.objects.get().name == "错误.txt"


def test_a_picture_is_dropped_on_the_console(console, tmp_path):
    (tmp_path / "步骤.png").write_bytes(screen(300, 200))
    drop_from_disk(console.page, tmp_path / "步骤.png")
    expect_ready(console.page)
    send(console.page)
    assert stored().size == (300, 200)


def test_nine_pictures_are_one_message_in_the_order_of_choosing(desk):
    pick(desk.page, *[(f"{number}.png", screen(100 + number, 80, secret=None)) for number in range(9)])
    expect_ready(desk.page, 9)
    send(desk.page)
    expect_message_with(9)
    shown = desk.messages.locator(".message__picture img").evaluate_all(
        "all => Promise.all(all.map((each) => each.decode().then(() => each.naturalWidth)))"
    )
    assert shown == [100 + number for number in range(9)]


def test_a_tenth_is_refused_and_the_nine_stay(desk):
    pick(desk.page, *[(f"{number}.png", screen(100, 80)) for number in range(10)])
    expect(tray(desk.page)).to_have_count(9)
    expect(said(desk.page)).to_have_text("一次最多 9 个文件")


def test_a_phone_offers_its_album_and_its_camera(employee_page):
    field = employee_page.locator("[data-files][accept]")
    expect(field).to_have_attribute("accept", "image/*")
    assert field.get_attribute("capture") is None
    # The phone has a key of its own for a screenshot, and there is no room to spare.
    expect(employee_page.locator("[data-composer]")).to_be_visible()
    expect(employee_page.locator("[data-capture]")).to_be_hidden()


# Refused before a byte of it is sent ----------------------------------------------------------------------------------


def test_what_the_server_would_refuse_is_told_before_the_upload(desk, settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    desk.page.reload()
    posts = []
    desk.page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    large = b"0" * (settings.ATTACHMENT_MAX_BYTES + 1)
    for name, content, words in (
        ("setup.exe", b"MZ", "“setup.exe” 这种文件发不了。可以压缩成 zip 后再发"),
        ("页面.HTML", b"<p>", "“页面.HTML” 这种文件发不了。可以压缩成 zip 后再发"),
        ("空.txt", b"", "“空.txt” 是空文件"),
        ("日志.txt", large, "“日志.txt” 超过 1 MB。可以压缩后再发"),
    ):
        desk.page.locator("[data-files]:not([accept])").set_input_files(chosen(name, content))
        expect(said(desk.page)).to_have_text(words)
    expect(tray(desk.page)).to_have_count(0)
    pick(desk.page, ("好的.png", screen()))
    expect(said(desk.page)).to_be_hidden()
    assert [each for each in posts if "messages" in each] == []


@pytest.mark.parametrize("name", ["hosts", "a.TGZ", "b.jfif", "截图.PNG", "c.docx. "])
def test_the_page_takes_whatever_name_the_server_takes(desk, name):
    desk.page.locator("[data-files]:not([accept])").set_input_files(chosen(name, b"x"))
    expect(tray(desk.page)).to_have_count(1)


# Photos ---------------------------------------------------------------------------------------------------------------


def test_a_photo_arrives_small(desk):
    original = photo()
    pick(desk.page, ("IMG_1.jpg", original))
    expect_ready(desk.page)
    send(desk.page)
    image = stored()
    assert image.size == (1600, 1067)
    assert Attachment.objects.get().size < len(original)


def test_a_photo_that_is_sent_at_once_arrives_small_as_well(desk):
    desk.page.evaluate(PASTE_AND_SEND, base64.b64encode(photo()).decode())
    desk.page.locator("[data-composer] [type=submit]").click()
    expect(desk.messages.locator(".message__picture")).to_have_count(1)
    expect(desk.messages.last).to_have_attribute("data-seq", re.compile(r"^\d+$"))
    expect_message_with(1)
    assert stored().size == (1600, 1067)


def test_the_original_can_be_chosen_and_is_untouched(desk):
    original = photo()
    pick(desk.page, ("IMG_1.jpg", original))
    expect_ready(desk.page)
    choice = desk.page.locator("[data-original]")
    expect(choice).to_contain_text(re.compile(r"原图 [\d.]+ MB"))
    expect(choice).to_have_attribute("aria-pressed", "false")
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    send(desk.page)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == original


def test_a_choice_that_is_taken_back_counts(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    expect_ready(desk.page)
    desk.page.locator("[data-original]").click(click_count=2)
    send(desk.page)
    assert stored().size == (1600, 1067)


def test_a_photo_that_was_taken_upright_stays_upright(desk):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right: its left edge is our top
    exif[0x010E] = "Zhang Wei, at home"
    pick(desk.page, ("IMG_1.jpg", photo(exif=exif.tobytes())))
    expect_ready(desk.page)
    send(desk.page)
    image = stored()
    assert image.size == (1067, 1600)
    assert image.getpixel((500, 100))[0] > 150 > image.getpixel((500, 1500))[0]
    with Attachment.objects.get().file.open() as file:
        assert b"Zhang Wei" not in file.read()


def test_a_screenshot_of_a_large_screen_stays_legible(desk):
    shot = screen(3840, 2160)
    padded = shot[:-12] + b"\x00\x00\x00\x00IEND\xaeB`\x82"  # as it came, whatever its weight
    pick(desk.page, ("screen.png", padded))
    expect_ready(desk.page)
    expect(desk.page.locator("[data-original]")).to_be_hidden()
    send(desk.page)
    assert stored().size == (3840, 2160)


def test_a_heavy_screenshot_is_known_by_its_pixels(desk):
    image = Image.new("RGB", (2400, 1600), (250, 250, 250))
    image.paste(opened(photo(900, 900)), (100, 100))  # a picture in a window
    heavy = encoded(image, "PNG", compress_level=0)
    pick(desk.page, ("screen.png", heavy))
    expect_ready(desk.page)
    expect(desk.page.locator("[data-original]")).to_be_hidden()
    pick(desk.page, ("photo.png", photo(2400, 1600, "PNG")))
    expect_ready(desk.page, 2)
    expect(desk.page.locator("[data-original]").nth(1)).to_be_visible()
    send(desk.page)
    assert stored(name="screen.png").size == (2400, 1600)
    assert stored(name="photo.jpg").size == (1600, 1067)


def test_a_photo_with_clear_parts_keeps_them(desk):
    image = opened(photo(2400, 1600)).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 2400, 150))
    pick(desk.page, ("logo.png", encoded(image, "PNG")))
    expect_ready(desk.page)
    send(desk.page)
    with Attachment.objects.get().file.open() as file, Image.open(file) as arrived:
        assert (arrived.format, arrived.size) == ("PNG", (1600, 1067))
        assert arrived.getpixel((800, 2))[3] < 20


def test_a_picture_that_cannot_be_read_goes_as_it_is(desk, problems):
    problems.expect("status of 422")
    pick(desk.page, ("IMG_1.jpg", photo()[:20000] + b"\x00" * 100), ("heic.heic", b"\x00" * 5000))
    expect_ready(desk.page, 2)
    desk.page.locator("[data-remove]").nth(1).click()
    desk.page.locator("[data-composer] [type=submit]").click()
    expect(desk.messages).to_have_count(1)


def test_a_photo_over_the_limit_is_made_small_before_it_is_judged(desk, settings):
    settings.ATTACHMENT_MAX_BYTES = 2_000_000
    desk.page.reload()
    pick(desk.page, ("IMG_1.jpg", photo(quality=95)))
    expect_ready(desk.page)
    expect(said(desk.page)).to_be_hidden()
    expect(desk.page.locator("[data-original]")).to_be_hidden()
    send(desk.page)
    assert stored().size == (1600, 1067)


def test_an_agent_finds_photos_and_choices_again_in_each_thread(console, lina):
    ask(lina, "VPN 断线")
    original = photo()
    pick(console.page, ("IMG_1.jpg", original))
    expect_ready(console.page)
    console.page.locator("[data-original]").click()
    console.open("VPN")
    expect(tray(console.page)).to_have_count(0)
    console.open("打印机")
    expect(console.page.locator("[data-original]")).to_have_attribute("aria-pressed", "true")
    send(console.page)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == original


def test_a_reply_whose_photo_is_not_ready_is_sent_when_its_author_goes_on(console, lina):
    ask(lina, "VPN 断线")
    expect(console.rows).to_have_count(2)
    console.page.evaluate(PASTE_AND_SEND, base64.b64encode(photo()).decode())
    console.open("VPN")
    expect(tray(console.page)).to_have_count(0)
    until(console.page, lambda: Attachment.objects.filter(message__conversation__employee__userid="zhangwei").exists())


def test_a_file_that_was_taken_away_does_not_come_back_with_the_draft(console, lina):
    ask(lina, "VPN 断线")
    pick(console.page, ("步骤.png", screen()))
    console.field.fill("先看这张")
    console.page.locator("[data-remove]").click()
    console.open("VPN")
    console.open("打印机")
    expect(console.field).to_have_value("先看这张")
    expect(tray(console.page)).to_have_count(0)


# What it weighs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["/itdesk/", "/agent/"])
def test_nobody_loads_the_editor_who_does_not_draw(open_page, sign_in, zhaomin, where):
    page = open_page()
    loaded = []
    page.on("request", lambda request: request.method == "GET" and loaded.append(request.url))
    sign_in(page, zhaomin, "/itportal/?choose=1")
    loaded.clear()
    page.goto(where)
    page.wait_for_load_state("networkidle")
    assert [url for url in loaded if LAZY.search(url)] == []
    weight = sum(len(gzip.compress(page.request.get(url).body())) for url in set(loaded) if url.startswith("http"))
    print(f"\n{where}: {weight} bytes compressed in {len(set(loaded))} answers")
    assert weight < 150 * 1024


def test_the_editor_comes_when_it_is_opened(desk):
    loaded = []
    desk.page.on("response", lambda response: loaded.append(response.url))
    pick(desk.page, ("a.png", screen()))
    Editor(desk.page).open()
    assert any("/editor.js" in url for url in loaded)
    assert any("/editor.css" in url for url in loaded)
    assert not any("snapdom" in url for url in loaded)
