"""A member's phone and an agent's console in one window of one browser, as the demo shows them (PRODUCT U2, B9)."""

import re

import pytest
from playwright.sync_api import expect

from conversations.models import Feedback
from wecom.models import SimulatedCall
from wecom.simulator import postman, rules

from .steps import Console, Desk

TOGETHER = "/wecom/simulator/together?phone=zhangwei&agent=wangqiang"
WORDS, ANSWER = "三楼打印机连不上了", "驱动已经更新，请再试一次"


class Phone:
    """The drawn phone in its frame."""

    def __init__(self, frame):
        self.frame = frame
        self.lines = frame.locator("#chat [data-line]")
        self.inside = frame.frame_locator("[data-inside-page]")

    def write(self, text):
        self.frame.locator("#content").fill(text)
        self.frame.locator("#talk button").click()
        expect(self.line(text)).to_have_count(1)
        expect(self.frame.locator("#content")).to_have_value("")

    def line(self, text):
        return self.lines.filter(has_text=text)

    def enter_desk(self):
        self.frame.locator(".phone__menu a").first.click()
        expect(self.inside.locator("#content")).to_be_visible()
        return Desk(self.inside)


class Part:
    """Enough of a page for `Console`: the frame that it stands in."""

    def __init__(self, page, selector):
        self.frame = page.frame_locator(selector)
        self.locator = self.frame.locator


@pytest.fixture
def window(open_page):
    """→ (page, Phone, Console)"""
    page = open_page()
    page.goto(TOGETHER)
    console = Console(Part(page, ".together__console"))
    console.expect_live()
    return page, Phone(page.frame_locator(".together__phone")), console


@pytest.fixture
def settle(run_jobs):
    """Callbacks arrive, and what they caused is done."""

    def wait():
        assert postman.settle()
        while run_jobs():
            assert postman.settle()

    return wait


def test_an_answer_written_at_the_console_arrives_in_the_chat_of_the_phone(window, settle):
    _page, phone, console = window
    settle()
    phone.write(WORDS)
    settle()
    console.open(WORDS)
    console.act("claim")
    console.write(ANSWER)
    console.expect_delivered(ANSWER)
    settle()
    expect(phone.line(ANSWER)).to_have_count(1)
    expect(phone.line(WORDS).locator(".chat__trouble, .chat__waiting")).to_have_count(0)


def test_taps_on_a_card_say_that_it_is_solved_and_how_it_was(window, settle):
    page, phone, console = window
    settle()
    phone.write(WORDS)
    settle()
    console.open(WORDS)
    console.act("claim")
    console.write(ANSWER)
    console.expect_delivered(ANSWER)
    console.act("resolve")
    expect(console.header).to_have_count(0)
    settle()
    card = phone.frame.locator(".chat-card--buttons")
    expect(card).to_have_count(1)
    for words in ("已解决", "满意"):
        with page.expect_response(lambda response: "/cards/" in response.url):
            card.get_by_role("button", name=words, exact=True).click()
        settle()
    expect(card.get_by_role("button")).to_have_count(0)
    said = Feedback.objects.get()
    assert (said.verdict, said.score) == (Feedback.Verdict.SOLVED, Feedback.Score.GOOD)


def test_employee_and_agent_are_both_signed_in_in_one_window(window, settle):
    page, phone, console = window
    desk = phone.enter_desk()
    desk.write(WORDS)
    desk.expect_delivered(WORDS)
    settle()
    console.open(WORDS)
    console.write(ANSWER)
    console.expect_delivered(ANSWER)
    expect(desk.bubble(ANSWER)).to_have_count(1)
    assert "wxwork/" in page.frame(name="inside").evaluate("navigator.userAgent")
    assert "wxwork/" not in page.evaluate("navigator.userAgent")
    phone.frame.locator("[data-inside-close]").click()
    expect(phone.frame.locator("[data-inside-view]")).to_be_hidden()


# An iPhone hands the picture to the page; from Android it goes to WeCom, and the server fetches it there.
@pytest.mark.parametrize(("engine", "last_call"), [("android", "/wecom/pictures"), ("iphone", "/js/getLocalImgData")])
def test_the_real_sdk_is_let_in_and_brings_a_picture_of_the_phone(window, settle, engine, last_call):
    rules.turn(engine=engine)
    page, phone, _console = window
    phone.enter_desk()
    button = phone.inside.locator("[data-wecom-pictures]")
    expect(button).to_be_visible()
    assert SimulatedCall.objects.filter(api="js preVerifyJSAPI", errcode="0").exists()
    with page.expect_file_chooser() as chooser:
        button.click()
    with page.expect_response(lambda response: response.url.endswith(last_call)):
        chooser.value.set_files("docs/pictures/desk-thread.png")
    settle()
    expect(phone.inside.locator("[data-tray] img").first).to_be_visible()
    assert SimulatedCall.objects.filter(api="js chooseImage", errcode="0").exists()


def test_the_phones_back_key_goes_back_a_page_and_then_to_the_chat(window):
    page, phone, _console = window
    phone.enter_desk()
    phone.inside.get_by_role("link", name="我的请求").click()
    expect(phone.inside.locator("h1")).to_contain_text("我的请求")
    back = phone.frame.locator("[data-inside-back]")
    back.click()
    expect(phone.inside.locator("#content")).to_be_visible()
    back.click()
    expect(phone.frame.locator("[data-inside-view]")).to_be_hidden()
    expect(page).to_have_url(re.compile("/together"))
    expect(phone.frame.locator("#chat")).to_be_visible()


def test_a_recalled_message_leaves_a_line(window, settle):
    from wecom.client import Client

    _page, phone, _console = window
    body = {"touser": "zhangwei", "agentid": 1000002, "msgtype": "text", "text": {"content": "发错了"}}
    sent = Client().send_message(body)
    expect(phone.line("发错了")).to_have_count(1)
    Client().recall(sent["msgid"])
    expect(phone.line("发错了")).to_have_count(0)
    expect(phone.frame.locator(".chat__recalled")).to_have_count(1)


def test_a_picture_sent_in_the_chat_shows_on_both_sides(window, settle):
    _page, phone, console = window
    settle()
    phone.frame.locator(".talk__more summary").click()
    phone.frame.locator("[data-photo]").set_input_files("docs/pictures/desk-thread.png")
    picture = phone.frame.locator(".bubble--picture img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    settle()
    row = console.rows.filter(has_text="张伟")
    expect(row).to_have_count(1)
    row.click()
    expect(console.messages.locator("img").first).to_be_visible()


def test_it_holds_on_a_small_screen_and_for_the_keyboard(open_page, check_axe):
    page = open_page(phone=True)
    page.goto("/wecom/simulator/phone/zhangwei/")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"]
    page.locator(".phone__menu a").first.press("Enter")
    expect(page.frame_locator("[data-inside-page]").locator("#content")).to_be_visible()
    page.locator("[data-inside-close]").press("Enter")
    expect(page.locator("[data-inside-view]")).to_be_hidden()
    expect(page).to_have_url(re.compile("/phone/zhangwei/$"))
    check_axe(page)
