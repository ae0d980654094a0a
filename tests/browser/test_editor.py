"""Covering, pointing, writing and cutting before a picture leaves; what is covered or cut away leaves in no form."""

import pytest
from playwright.sync_api import expect

from conversations.models import Attachment

from .drawing import (
    BEGINS_SECRET,
    COVER,
    ENDS_SECRET,
    GROUND,
    MARK,
    SECRET,
    Editor,
    count_of,
    opened,
    photo,
    pick,
    screen,
    send,
    stored,
)
from .steps import Console


@pytest.fixture
def desk(desktop):
    return desktop


@pytest.fixture
def console(asked):
    return asked


# What is covered ------------------------------------------------------------------------------------------------------


def test_a_black_box_is_burnt_in_and_nothing_under_it_leaves_the_device(editor, uploaded):
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.finish()
    send(editor.page)
    image = stored()
    assert image.size == (800, 600)
    assert image.getpixel((400, 300)) == COVER
    assert image.getpixel((20, 20)) == GROUND
    assert count_of(image, SECRET, slack=60) == 0
    assert count_of(opened(uploaded()), SECRET, slack=60) == 0
    assert screen()[40:200] not in uploaded()
    # The edges of the box fall between pixels: none of them is half of each.
    colours = {colour for _count, colour in image.getcolors()}
    assert colours == {COVER, GROUND}


def test_the_original_is_gone_from_the_tray_as_well(editor):
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.finish()
    again = editor.open()
    again.drag((0.05, 0.05), (0.1, 0.1))
    for _ in range(3):
        again.page.keyboard.press("Control+z")
    again.take("crop")
    again.drag((0.3, 0.3), (0.7, 0.7))
    again.finish()
    send(again.page)
    assert count_of(stored(), SECRET, slack=60) == 0
    assert count_of(stored(), COVER) == stored().width * stored().height


def test_a_photo_keeps_its_size_and_its_kind_under_the_marks(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    editor = Editor(desk.page).open()
    editor.drag((0.1, 0.1), (0.4, 0.9))
    editor.finish()
    send(desk.page)
    image = stored()
    assert image.size == (1600, 1067)
    assert Attachment.objects.get().name == "IMG_1.jpg"
    assert max(image.getpixel((400, 500))) < 8
    assert min(image.getpixel((60, 60))) > 100


def test_marks_on_a_small_photo_leave_no_choice(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    expect(desk.page.locator("[data-original]")).to_be_visible()
    editor = Editor(desk.page).open()
    editor.drag((0.1, 0.1), (0.4, 0.9))
    editor.finish()
    expect(desk.page.locator("[data-original]")).to_be_hidden()


def test_marks_on_the_original_are_in_the_original(desk):
    pick(desk.page, ("IMG_1.jpg", photo()))
    desk.page.locator("[data-original]").click()
    editor = Editor(desk.page).open()
    editor.drag((0.1, 0.1), (0.4, 0.9))
    editor.finish()
    send(desk.page)
    assert stored().size == (3000, 2000)
    assert max(stored().getpixel((700, 1000))) < 8


def test_what_is_left_open_stays_as_it_was(editor):
    original = screen()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.press("cancel")
    editor.expect_closed()
    send(editor.page)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == original


def test_who_taps_twice_to_leave_stays_on_the_page(editor):
    address = editor.page.url
    editor.root.locator("[data-cancel]").evaluate("(button) => { button.click(); button.click(); }")
    editor.expect_closed()
    expect(editor.page.locator(".tray__item")).to_have_count(1)
    assert editor.page.url == address
    send(editor.page)


def test_nothing_drawn_is_nothing_changed(editor):
    original = screen()
    editor.drag((0.5, 0.5), (0.5, 0.5))
    editor.finish()
    send(editor.page)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == original


def test_a_covered_picture_is_not_uncovered_by_another_device(console, open_page, sign_in, wangqiang):
    pick(console.page, ("屏幕.png", screen()))
    console.field.fill("您看这里")
    editor = Editor(console.page).open()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.finish()
    console.page.evaluate("document.activeElement.blur()")
    # The same agent goes on writing at another machine: those words come here, with the files that were here.
    other = Console(sign_in(open_page(), wangqiang, "/agent/"))
    other.open("打印机")
    expect(other.field).to_have_value("您看这里")
    other.field.fill("这里是他的屏幕")
    expect(console.field).to_have_value("这里是他的屏幕")
    send(console.page)
    assert count_of(stored(), SECRET, slack=60) == 0


# Cutting, pointing, writing -------------------------------------------------------------------------------------------


def test_a_cut_leaves_only_what_is_inside(editor, uploaded):
    editor.take("crop")
    editor.drag((0.02, 0.02), (0.5, 0.2))
    editor.finish()
    send(editor.page)
    image = stored()
    assert abs(image.width - 384) < 6
    assert abs(image.height - 108) < 6
    assert image.getcolors() == [(image.width * image.height, GROUND)]
    assert opened(uploaded()).size == image.size


@pytest.mark.parametrize("end", [(0.72, 0.72), (0.5, 0.52), (0.95, 0.95)])
def test_what_was_cut_away_does_not_come_back_with_the_next_frame(editor, uploaded, end):
    """A touch beside the frame lets go of it: the picture moves under the finger, which goes on drawing."""
    editor.take("crop")
    editor.drag((0.02, 0.02), (0.3, 0.18))
    editor.drag((0.5, 0.5), end)
    editor.take("crop")
    editor.finish()
    send(editor.page)
    assert count_of(stored(), SECRET, slack=60) == 0
    assert count_of(opened(uploaded()), SECRET, slack=60) == 0
    assert stored().width <= 230
    assert stored().height <= 100


def test_the_frame_of_a_cut_can_be_pulled(editor):
    editor.take("crop")
    editor.drag((0.2, 0.2), (0.6, 0.6))
    editor.drag((0.6, 0.4), (0.8, 0.4))  # its right edge
    editor.drag((0.5, 0.4), (0.5, 0.5))  # all of it
    editor.take("crop")
    editor.finish()
    send(editor.page)
    assert abs(stored().width - 480) < 8
    assert abs(stored().height - 240) < 8


@pytest.mark.parametrize("tool", ["arrow", "rect"])
def test_a_mark_is_red_in_what_arrives(editor, tool):
    editor.take(tool)
    editor.drag((0.1, 0.1), (0.9, 0.15))
    editor.finish()
    send(editor.page)
    assert count_of(stored(), MARK) > 500
    assert count_of(stored(), SECRET) == 400 * 300


def test_words_are_written_where_somebody_tapped(editor):
    editor.take("text")
    editor.tap((0.1, 0.1))
    field = editor.root.locator("[data-words] input")
    expect(field).to_be_focused()
    field.type("请点这里")
    editor.page.keyboard.press("Enter")
    expect(field).to_be_hidden()
    editor.finish()
    send(editor.page)
    image = stored()
    assert count_of(image, MARK) > 100
    assert count_of(image.crop((0, 0, 400, 150)), MARK) == count_of(image, MARK)


def test_words_that_begin_at_the_edge_stay_in_the_picture(editor):
    editor.take("text")
    editor.tap((0.98, 0.98))
    editor.root.locator("[data-words] input").fill("这几个字很长，一直写到图片外面去了，也要看得见" * 2)
    editor.root.locator("[data-words] button").click()
    editor.finish()
    send(editor.page)
    image = stored()
    assert count_of(image.crop((0, 0, 3, 600)), MARK) == 0
    assert count_of(image.crop((797, 0, 800, 600)), MARK) == 0
    assert count_of(image, MARK) > 100


def test_the_input_method_keeps_its_enter(editor):
    editor.take("text")
    editor.tap((0.1, 0.1))
    field = editor.root.locator("[data-words] input")
    field.fill("da yin ji")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(field).to_be_visible()


def test_every_step_can_be_undone_and_done_again(editor):
    undo, redo = editor.root.locator("[data-undo]"), editor.root.locator("[data-redo]")
    expect(undo).to_be_disabled()
    editor.drag(BEGINS_SECRET, ENDS_SECRET)
    editor.take("rect")
    editor.drag((0.05, 0.05), (0.15, 0.15))
    editor.take("crop")
    editor.drag((0, 0), (0.5, 0.5))
    editor.take("crop")
    for _ in range(3):
        undo.click()
    expect(undo).to_be_disabled()
    redo.click()
    expect(redo).to_be_enabled()
    editor.finish()
    send(editor.page)
    image = stored()
    assert image.size == (800, 600)
    assert (count_of(image, SECRET), count_of(image, MARK)) == (0, 0)
