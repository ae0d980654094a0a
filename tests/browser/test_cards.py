"""Cards with buttons on a simulated phone, beside the console and the employee's own page (PRODUCT U12)."""

import uuid

import pytest
from playwright.sync_api import expect

from conversations.commands import lifecycle, messages
from conversations.models import Conversation, Feedback
from wecom.models import Inbound, SimulatedError
from wecom.simulator import postman

from .steps import Console, Desk


class Phone:
    """zhangwei's phone with the app's chat open."""

    def __init__(self, page):
        self.page = page
        self.card = page.locator("#chat .chat-card--buttons")
        self.links = page.locator("#chat a.chat-card")

    def button(self, words):
        return self.card.get_by_role("button", name=words, exact=True)

    def tap(self, words):
        with self.page.expect_response(lambda response: "/cards/" in response.url):
            self.button(words).click()

    def look(self):
        self.page.reload()


@pytest.fixture
def settle(run_jobs):
    """Callbacks arrive, and what they caused is done."""

    def wait():
        assert postman.settle()
        while run_jobs():
            assert postman.settle()

    return wait


@pytest.fixture
def solved(live, zhangwei, wangqiang, settle):
    """Resolved while its employee was away: the card is there."""
    asked = messages.post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0].conversation
    lifecycle.claim(asked.pk, by=wangqiang)
    done = lifecycle.resolve(asked.pk, by=wangqiang)
    settle()
    return done


@pytest.fixture
def phone(solved, open_page):
    page = open_page(phone=True)
    page.goto("/wecom/simulator/phone/zhangwei/")
    return Phone(page)


def test_not_solved_and_hurry_are_two_taps_and_the_console_sees_both(phone, solved, agent_page, settle):
    console = Console(agent_page)
    phone.tap("没解决")
    settle()
    phone.look()
    expect(phone.card).to_contain_text("排队中，第 1 位")
    phone.tap("催一下")
    settle()
    phone.look()
    expect(phone.card).to_contain_text("后可再催")
    expect(console.row(solved.pk)).to_contain_text("催")
    console.open("打印机")
    expect(console.bubble("还没有解决，已重新排队")).to_have_count(1)
    expect(console.bubble("已催一下")).to_have_count(1)


def test_two_quick_taps_of_a_thumb_count_once(phone, solved, settle):
    phone.button("已解决").evaluate(
        """(button) => {
          const { form } = button;
          const body = () => { const data = new FormData(form); data.append("key", button.value); return data; };
          return Promise.all([1, 2].map(() => fetch(form.action, { method: "POST", body: body() })));
        }"""
    )
    settle()
    phone.look()
    expect(phone.card).to_contain_text("这次处理怎么样")
    assert Inbound.objects.filter(event="template_card_event").count() == 2
    assert solved.events.filter(kind="resolution.confirmed").count() == 1
    assert Feedback.objects.count() == 1


def test_the_card_on_the_phone_follows_what_is_said_on_the_page(phone, solved, open_page, sign_in, zhangwei, settle):
    page = sign_in(open_page(phone=True), zhangwei, f"/itdesk/c/{solved.pk}/")
    page.locator("[data-panel]").get_by_role("button", name="没解决").click()
    Desk(page).expect_status("queued")
    settle()
    phone.look()
    expect(phone.card).to_contain_text("排队中")
    expect(phone.button("已解决")).to_have_count(0)


def test_the_open_page_follows_a_tap_on_the_card(phone, solved, open_page, sign_in, zhangwei, settle):
    page = sign_in(open_page(phone=True), zhangwei, f"/itdesk/c/{solved.pk}/")
    panel = page.locator("[data-panel]")
    expect(panel).to_contain_text("解决了吗")
    phone.tap("已解决")
    settle()
    expect(panel).to_contain_text("这次处理怎么样")
    phone.look()
    phone.tap("一般")
    settle()
    expect(panel.get_by_role("button", name="一般")).to_have_attribute("aria-pressed", "true")


def test_a_card_that_can_change_no_more_leads_to_the_page(phone, solved, settle):
    SimulatedError.objects.create(api="message/update_template_card", errcode=60140)
    phone.tap("已解决")
    settle()
    phone.look()
    expect(phone.links).to_contain_text("这次处理怎么样")
    assert Feedback.objects.get().verdict == "solved"


def test_an_old_card_says_that_it_is_over(phone, solved, zhangwei, wangqiang, settle):
    SimulatedError.objects.create(api="message/update_template_card", errcode=60140)  # the refresh came too late
    messages.post_message(author=zhangwei, content="又不行了", client_id=uuid.uuid4(), conversation_id=solved.pk)
    lifecycle.resolve(solved.pk, by=wangqiang)
    settle()
    old = phone.card.first
    with phone.page.expect_response(lambda response: "/cards/" in response.url):
        old.get_by_role("button", name="没解决").click()
    settle()
    phone.look()
    expect(old).to_contain_text("已处理")
    assert Conversation.objects.get(pk=solved.pk).status == "resolved"
