"""The assistant on both screens: asked, answered with a source, and left for a person in one tap."""

import re

import pytest
from playwright.sync_api import expect

from conversations.models import Conversation
from itdesk.demo.library import stock

from .steps import Console, Desk

pytestmark = pytest.mark.live


@pytest.fixture
def articles(live, settings):
    settings.ASSISTANT = "knowledge"
    stock()


def answer_of(page):
    return page.locator(".message--ai")


def test_it_answers_with_its_source_and_a_person_is_one_tap_away(
    articles, employee_page, agent_page, run_jobs, open_page
):
    desk, console = Desk(employee_page), Console(agent_page)
    desk.write("VPN 报错 809 连不上")
    desk.expect_delivered("VPN 报错 809 连不上")
    desk.expect_status("bot")
    run_jobs()
    expect(answer_of(employee_page)).to_contain_text("换成手机热点再连一次")
    expect(employee_page.locator("#feedback-holder, [data-feedback]")).to_contain_text("解决了吗？")
    with employee_page.context.expect_page() as opened:
        answer_of(employee_page).get_by_role("link", name="VPN 连不上怎么办").click()
    expect(opened.value.locator(".article__part:target")).to_contain_text("手机热点")
    opened.value.close()
    employee_page.get_by_role("button", name="没解决").click()
    desk.expect_status("queued")
    console.open("张伟")
    expect(answer_of(agent_page)).to_contain_text("换成手机热点再连一次")


def test_solved_is_one_tap(articles, employee_page, run_jobs):
    desk = Desk(employee_page)
    desk.write("打印机卡纸")
    desk.expect_delivered("打印机卡纸")
    run_jobs()
    expect(answer_of(employee_page)).to_contain_text("面板会画出卡在哪里")
    employee_page.get_by_role("button", name="已解决", exact=True).click()
    desk.expect_status("resolved")
    assert Conversation.objects.get().status == "resolved"


def test_what_it_does_not_know_it_says(articles, employee_page, run_jobs):
    Desk(employee_page).write("食堂几点开饭")
    Desk(employee_page).expect_delivered("食堂几点开饭")
    run_jobs()
    expect(answer_of(employee_page)).to_contain_text("知识库里没有找到答案")
    employee_page.get_by_role("button", name="转人工").click()
    Desk(employee_page).expect_status("queued")


def test_articles_are_suggested_while_the_first_words_are_written(articles, employee_page):
    employee_page.locator("#content").press_sequentially("打印机卡纸", delay=20)
    suggestion = employee_page.locator("[data-suggestions]").get_by_role("link", name="打印机卡纸了")
    expect(suggestion).to_be_visible()
    suggestion.click()
    expect(employee_page.locator(".article__title")).to_have_text("打印机卡纸了")
    employee_page.get_by_role("button", name="有帮助").click()
    expect(employee_page.locator(".article__verdict")).to_contain_text("谢谢")


def test_the_knowledge_base_is_searched_while_typing(articles, employee_page):
    employee_page.goto("/knowledge/")
    employee_page.locator("#words").press_sequentially("蓝屏", delay=20)
    expect(employee_page.locator(".shelf__article").first).to_have_text("电脑蓝屏了")
    expect(employee_page).to_have_url("/knowledge/?q=%E8%93%9D%E5%B1%8F")
    expect(employee_page.locator("#shelf")).not_to_contain_text("远程协助的操作规范")


def test_an_agent_puts_a_passage_into_the_answer_with_one_key(articles, employee_page, agent_page, settings):
    settings.ASSISTANT = "off"
    Desk(employee_page).write("打印机卡纸，拉不出来")
    Desk(employee_page).expect_delivered("打印机卡纸，拉不出来")
    console = Console(agent_page)
    console.open("打印机卡纸")
    expect(agent_page.locator(".helpful__article").first).to_contain_text("打印机卡纸了")
    agent_page.keyboard.press("1")
    expect(console.field).to_have_value(re.compile("面板会画出卡在哪里"))
    expect(console.messages).to_have_count(1)
