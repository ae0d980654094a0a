"""Pictures and files as people meet them: over the thread, by keys and fingers, ready one after the other."""

import asyncio
import contextlib
import re
import uuid

import pytest
from playwright.sync_api import Error, expect

from conversations import broadcast, hub
from conversations.commands.messages import post_reply
from conversations.models import Attachment
from conversations.tests import hostile_files as made

from .posted import photo, say, staged
from .steps import Console, Desk
from .test_viewer import Box
from .uplink import choose

WATCH_SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.shift += each.value; }))
    .observe({ type: "layout-shift" });
}"""
TOP_OF_ALL = "list => Array.from(list.children, (each) => Math.round(each.getBoundingClientRect().top))"


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


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
