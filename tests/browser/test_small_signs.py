"""What small signs say: a file's name and preview before it leaves, the mark beside a bubble, the voice that tells."""

import re

import pytest
from playwright.sync_api import expect

from .asking import ask, until
from .drawing import chosen, pick, screen
from .steps import Desk
from .trays import expect_ready, said, send, tray

OFFLINE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def desk(open_page, sign_in, zhangwei):
    ask(zhangwei, "打印机连不上了")
    return Desk(sign_in(open_page(), zhangwei, "/itdesk/"))


def pick_file(page, name, content):
    page.locator("[data-files]:not([accept])").set_input_files([chosen(name, content)])


def voice(page):
    return page.locator("#unsent-news")


def boxes(pictures):
    return pictures.evaluate_all("all => all.map((each) => each.getBoundingClientRect().toJSON())")


def stand_three_in_a_row(pictures):
    found = boxes(pictures)
    rows_and_columns = [len({round(box[side]) for box in found}) for side in ("left", "top")]
    return rows_and_columns == [3, 3] and {(round(box["width"]), round(box["height"])) for box in found} == {(96, 96)}


def expect_three_in_a_row(pictures):
    expect(pictures).to_have_count(9)
    until(pictures.page, lambda: stand_three_in_a_row(pictures))  # one that is being swapped has no place just then


def test_nine_pictures_stand_three_in_a_row_before_and_after_they_are_sent(desk):
    desk.page.context.set_offline(True)
    pick(desk.page, *[(f"{number}.png", screen(100 + 40 * number, 80)) for number in range(9)])
    expect_ready(desk.page, 9)
    desk.page.keyboard.press("Enter")
    expect_three_in_a_row(desk.page.locator(".message__preview"))
    desk.page.context.set_offline(False)
    expect_three_in_a_row(desk.page.locator("[data-message][data-seq] .message__picture img"))


def test_three_pictures_keep_their_shape(desk):
    pick(desk.page, *[(f"{number}.png", screen(200, 80)) for number in range(3)])
    expect_ready(desk.page, 3)
    send(desk.page)
    shown = boxes(desk.page.locator("[data-message][data-seq] .message__picture img"))
    assert {(round(box["width"]), round(box["height"])) for box in shown} == {(200, 80)}


def test_a_picture_that_cannot_be_drawn_stands_there_by_its_name(desk):
    pick(desk.page, ("屏幕.png", b"<html>not a picture</html>"))
    expect(tray(desk.page).locator("img")).to_be_hidden()
    expect(tray(desk.page).locator("[data-name]")).to_be_visible()
    expect(tray(desk.page).locator("[data-name]")).to_have_text("屏幕.png")


def test_a_name_is_not_turned_around(desk):
    pick_file(desk.page, "报告\u202egnp.exe.pdf", b"%PDF-1.4")
    expect(tray(desk.page).locator("[data-name]")).to_have_text("报告gnp.exe.pdf")
    pick_file(desk.page, "报告\u202egnp.exe", b"MZ")
    expect(said(desk.page)).to_have_text("“报告gnp.exe” 这种文件发不了。可以压缩成 zip 后再发")


def test_each_loss_of_the_network_is_told_and_over_when_all_is_sent(desk):
    for words in ("第一次", "第二次"):
        desk.page.context.set_offline(True)
        desk.write(words)
        expect(voice(desk.page)).to_have_text("网络恢复后自动发送")
        desk.page.context.set_offline(False)
        desk.expect_delivered(words)
        expect(voice(desk.page)).to_have_text("")


def test_what_was_refused_is_not_called_on_its_way(desk, problems):
    problems.expect("status of 422")
    pick(desk.page, ("屏幕.png", b"<html>not a picture</html>"))
    desk.write("看图")
    expect(desk.bubble("看图")).to_have_attribute("data-state", "refused")
    mark = desk.bubble("看图").locator(".message__mark")
    expect(mark).to_have_attribute("title", re.compile("没有发出"))
    expect(mark.locator(".quiet-label")).to_be_hidden()


@pytest.fixture(autouse=True)
def a_network_that_comes_and_goes(problems):
    problems.expect(OFFLINE)
