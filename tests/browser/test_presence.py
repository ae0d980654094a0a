"""Two agents and an employee: each sees who looks and who writes, and nobody learns what is not theirs."""

import json
import re

import pytest
from playwright.sync_api import expect

from conversations import hints, presence

from .hints import mute, recorded, show, stop_the_clock, told
from .steps import Console, Desk
from .test_reading import answer, ask

pytestmark = pytest.mark.live


def people(place):
    return place.locator("[data-people]")


@pytest.fixture
def talk(live, zhangwei):
    return ask(zhangwei)


@pytest.fixture
def console(talk, open_page, sign_in, wangqiang):
    console = Console(sign_in(recorded(open_page()), wangqiang, "/agent/"))
    console.expect_live()
    return console


@pytest.fixture
def colleague(talk, open_page, sign_in, liyang):
    page = recorded(open_page())
    page.clock.install()
    colleague = Console(sign_in(page, liyang, f"/agent/conversations/{talk.pk}/"))
    colleague.expect_live()
    return colleague


@pytest.fixture
def desk(talk, open_page, sign_in, zhangwei):
    page = recorded(open_page(phone=True))
    page.clock.install()
    desk = Desk(sign_in(page, zhangwei))
    page.wait_for_function("() => window.told.some((frame) => frame.type === 'watch')")
    return desk


def type_in(place, text):
    place.field.press_sequentially(text)


def test_colleagues_are_seen_in_the_row_and_the_header_until_they_leave(console, colleague, talk):
    row = people(console.row(talk.pk))
    expect(row).to_contain_text("李洋 正在查看")
    expect(people(colleague.row(talk.pk)).locator(".face")).to_have_count(0)  # nobody sees themselves
    height = console.row(talk.pk).bounding_box()["height"]
    console.open("打印机")
    expect(people(console.header)).to_contain_text("李洋 正在查看")
    expect(people(colleague.header)).to_contain_text("王强 正在查看")
    expect(people(colleague.header).locator(".face")).to_have_text(re.compile("^强"))
    type_in(colleague, "我来")
    for place in (row, people(console.header)):
        expect(place.locator("[data-doing]")).to_have_text("李洋 正在输入")
    assert console.row(talk.pk).bounding_box()["height"] == height
    # A header that is put there anew, and a row, show it as well.
    console.act("claim")
    console.expect_status("assigned")
    expect(people(console.header)).to_contain_text("李洋")
    expect(people(console.row(talk.pk))).to_have_count(0)  # it left the list of those who wait
    show(colleague.page, False)
    expect(people(console.header).locator(".face")).to_have_count(0)
    show(colleague.page)
    expect(people(console.header)).to_contain_text("李洋 正在查看")
    colleague.page.close()
    expect(people(console.header).locator(".face")).to_have_count(0)


def test_a_page_says_every_ten_seconds_that_it_is_on_screen_and_is_forgotten_when_it_does_not(
    console, colleague, talk, monkeypatch
):
    expect(people(console.row(talk.pk))).to_contain_text("李洋 正在查看")
    stop_the_clock(colleague.page)
    before = len(told(colleague.page, "watch"))
    colleague.page.clock.run_for(20_000)
    assert len(told(colleague.page, "watch")) == before + 2
    show(colleague.page, False)
    colleague.page.clock.run_for(20_000)
    assert [frame["visible"] for frame in told(colleague.page, "watch")[before:]] == [True, True, False]
    # Its line stays open, its process lives, and nothing is heard of it.
    monkeypatch.setattr(presence, "LEASE", 1.0)
    show(colleague.page)
    expect(people(console.row(talk.pk))).to_contain_text("李洋 正在查看")
    mute(colleague.page)
    expect(people(console.row(talk.pk)).locator(".face")).to_have_count(0)


def test_both_sides_see_that_the_other_writes_until_it_is_there_or_they_stop(console, desk, monkeypatch):
    monkeypatch.setattr(hints, "RESTART", 0)
    console.open("打印机")
    lines = [place.page.locator("[data-typing]") for place in (console, desk)]
    type_in(desk, "还有")
    expect(lines[0]).to_have_text("张伟 正在输入…")
    type_in(console, "我看")
    expect(lines[1]).to_have_text("王强 正在输入…")
    heights = [desk.page.locator("[data-scroll]").bounding_box(), desk.page.locator("[data-composer]").bounding_box()]
    console.page.locator("[data-send]").click()
    desk.expect_delivered("我看")
    expect(lines[1]).to_have_text("")
    assert heights == [desk.page.locator(f"[data-{name}]").bounding_box() for name in ("scroll", "composer")]
    # Nothing more is heard, and five seconds pass.
    type_in(console, "再")
    expect(lines[1]).to_have_text("王强 正在输入…")
    mute(console.page)
    stop_the_clock(desk.page)
    desk.page.clock.run_for(4000)
    expect(lines[1]).to_have_text("王强 正在输入…")
    desk.page.clock.run_for(1500)
    expect(lines[1]).to_have_text("")


def test_a_note_is_seen_to_be_written_by_colleagues_alone(console, colleague, desk):
    console.open("打印机")
    heard = []
    desk.page.on("websocket", lambda line: line.on("framereceived", lambda text: heard.append(text)))
    desk.page.reload()
    desk.page.wait_for_function("() => window.told.some((frame) => frame.type === 'watch')")
    console.page.locator('[data-mode-key="note"]').click()
    type_in(console, "他的机器太老")
    expect(people(colleague.header)).to_contain_text("王强 正在输入")
    # The last thing said on the employee's line, behind which nothing else can be on its way.
    console.page.locator('[data-mode-key="reply"]').click()
    type_in(console, "好")
    expect(desk.page.locator("[data-typing]")).to_have_text("王强 正在输入…")
    kinds = [json.loads(text)["type"] for text in heard]
    assert kinds.count("typing") == 1
    assert "presence" not in kinds
    assert {frame["internal"] for frame in told(console.page, "typing")} == {True, False}


def test_sending_asks_once_when_a_colleague_wrote_meanwhile_and_not_again(console, problems, talk, liyang):
    problems.expect("409")
    console.open("打印机")
    console.field.fill("请重启打印机")
    answer(liyang, talk, "我已经在看了")
    console.expect_delivered("我已经在看了")
    console.page.keyboard.press("Control+Enter")
    # At the field, where the words are back: the bubble says it a moment earlier.
    expect(console.page.locator("[data-ask]")).to_contain_text("李洋 刚刚又写了一条")
    assert not talk.messages.filter(content="请重启打印机").exists()
    console.page.keyboard.press("Control+Enter")
    console.expect_delivered("请重启打印机")
    # The next words were begun after all that, and ask nothing.
    console.write("然后再打印")
    console.expect_delivered("然后再打印")
    assert talk.messages.filter(author__userid="wangqiang").count() == 2
