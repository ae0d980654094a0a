"""Somebody writes in WeCom, and it is on the pages at once: theirs, and the one of who helps them."""

import io

import pytest
import requests
from PIL import Image
from playwright.sync_api import expect

from wecom.simulator import media
from wecom.tests.callbacks import Phone

from .steps import Console, Desk

pytestmark = pytest.mark.live


@pytest.fixture
def tells(live, settings, run_jobs):
    """`tells(phone.message(…))`: WeCom posts it to the running server, and the worker has worked on it."""
    phone = Phone(settings)

    def tell(kind, **fields):
        query, body = phone.envelope(phone.message("zhangwei", kind, **fields))
        answer = requests.post(f"{live.url}/wecom/callback", params=query, data=body.encode(), timeout=10)
        assert (answer.status_code, answer.content) == (200, b"")
        run_jobs()

    return tell


def test_words_and_pictures_of_the_app_s_chat_go_on_at_the_pages(employee_page, agent_page, tells):
    desk, console = Desk(employee_page), Console(agent_page)
    console.expect_live()
    desk.write("打印机连不上了")
    desk.expect_delivered("打印机连不上了")
    console.open("打印机连不上了")
    tells("text", Content="三楼的那台")
    for place in (desk, console):
        place.expect_delivered("三楼的那台")
    expect(console.bubble("打印机连不上了")).not_to_contain_text("来自企业微信")
    badge = console.bubble("三楼的那台").get_by_text("来自企业微信")
    assert badge.bounding_box()["width"] > 40  # seen although the same person speaks on
    expect(desk.bubble("三楼的那台")).not_to_contain_text("来自企业微信")

    out = io.BytesIO()
    Image.new("RGB", (300, 200), "steelblue").save(out, "JPEG")
    tells("image", MediaId=media.keep("image", "x.jpg", "image/jpeg", out.getvalue()).media_id)
    for place in (desk, console):
        expect(place.page.locator("#messages [data-message] img")).to_have_count(1)
    console.write("马上来看")
    desk.expect_delivered("马上来看")


def test_a_first_word_in_the_app_s_chat_is_in_the_inbox_at_once(agent_page, tells):
    console = Console(agent_page)
    console.expect_live()
    tells("location", Location_X="39.904989", Location_Y="116.405285", Label="三楼打印室")
    expect(console.rows.filter(has_text="三楼打印室")).to_have_count(1)
    console.open("三楼打印室")
    link = console.bubble("三楼打印室").locator("a")
    assert link.get_attribute("href").startswith("https://apis.map.qq.com/uri/v1/marker?marker=coord:39.904989")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
