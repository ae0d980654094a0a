"""A file that was taken out of the row can be had again for a moment, and is not sent meanwhile."""

import pytest
from playwright.sync_api import expect

from conversations.models import Attachment

from .asking import until
from .drawing import photo, pick, screen, stored
from .trays import expect_ready, said, send, tray


@pytest.fixture
def desk(desktop):
    return desktop


def names(page):
    return [item.get_attribute("aria-label") for item in tray(page).all()]


def farewell(page):
    return page.locator(".tray__farewell")


def test_a_file_that_was_taken_out_can_be_had_again_in_its_place(desk):
    pick(desk.page, ("一.png", screen()), ("二.png", screen(400)), ("三.png", screen(300)))
    tray(desk.page).nth(1).locator("[data-remove]").click()
    expect(farewell(desk.page)).to_contain_text("二.png")
    assert names(desk.page) == ["一.png", "三.png"]
    expect(tray(desk.page).nth(1).locator("[data-remove]")).to_be_focused()
    farewell(desk.page).get_by_role("button", name="撤销").click()
    expect(farewell(desk.page)).to_have_count(0)
    assert names(desk.page) == ["一.png", "二.png", "三.png"]
    expect(tray(desk.page).nth(1).locator("[data-remove]")).to_be_focused()
    send(desk.page)
    until(desk.page, lambda: Attachment.objects.filter(message__isnull=False).count() == 3)
    sizes = Attachment.objects.order_by("position").values_list("name", "width")
    assert list(sizes) == [("一.png", 800), ("二.png", 400), ("三.png", 300)]


def test_what_was_taken_out_is_not_sent(desk):
    pick(desk.page, ("一.png", screen()), ("二.png", screen(400)))
    tray(desk.page).first.locator("[data-remove]").click()
    send(desk.page)
    expect(farewell(desk.page)).to_have_count(0)
    assert [each.name for each in Attachment.objects.all()] == ["二.png"]


def test_who_takes_out_the_last_by_keyboard_finds_the_way_back(desk):
    pick(desk.page, ("一.png", screen()))
    tray(desk.page).locator("[data-remove]").press("Enter")
    expect(farewell(desk.page).get_by_role("button")).to_be_focused()
    desk.page.keyboard.press("Enter")
    assert names(desk.page) == ["一.png"]


def test_the_offer_ends_after_a_moment(open_page, sign_in, zhangwei):
    page = open_page()
    page.clock.install()
    sign_in(page, zhangwei, "/itdesk/")
    pick(page, ("一.png", screen()))
    tray(page).locator("[data-remove]").click()
    expect(farewell(page)).to_be_visible()
    page.clock.fast_forward(10_000)
    expect(farewell(page)).to_have_count(0)
    expect(page.locator("[data-tray]")).to_be_hidden()


def test_nine_are_nine_also_for_what_comes_back(desk):
    pick(desk.page, *[(f"{number}.png", screen()) for number in range(9)])
    tray(desk.page).first.locator("[data-remove]").click()
    pick(desk.page, ("十.png", screen()))
    farewell(desk.page).get_by_role("button").click()
    expect(said(desk.page)).to_contain_text("一次最多 9 个文件")
    assert len(names(desk.page)) == 9
    expect(farewell(desk.page)).to_be_visible()


def test_a_photo_that_comes_back_is_made_small_as_well(desk):
    pick(desk.page, ("照片.jpg", photo()))
    tray(desk.page).locator("[data-remove]").click()
    farewell(desk.page).get_by_role("button").click()
    expect_ready(desk.page)
    send(desk.page)
    assert max(stored().size) == 1600
