"""Files that were chosen and not sent yet: no reload and no killed browser takes them, and no second tab doubles them."""

import pytest
from playwright.sync_api import expect

from .asking import ask, until
from .drawing import pick, screen
from .steps import Console, Desk
from .trays import expect_ready, said, tray

# What a page asks once more after the lease of another has run out, it asks without the wait.
ASKS_AGAIN_AT_ONCE = """
  const later = window.setTimeout;
  const again = (act) => () => { act(); window.askedAgain = true; };
  window.setTimeout = (act, wait) => (wait === 5500 ? later(again(act), 0) : later(act, wait));
"""


@pytest.fixture
def conversation(everybody, zhangwei):
    return ask(zhangwei, "打印机连不上了")


@pytest.fixture
def desk(open_page, sign_in, zhangwei, conversation):
    return Desk(sign_in(open_page(), zhangwei, f"/itdesk/c/{conversation.pk}/"))


def boxes(page):
    """How many places have files on this device."""
    return page.evaluate(
        """async () => {
          const { Store } = await import("/static/js/store.js");
          return (await new Store().all("chosen:")).length;
        }"""
    )


def expect_kept(page):
    until(page, lambda: boxes(page) == 1)


def names(page):
    return tray(page).locator("[data-name]").all_text_contents()


def crash(page):
    """The page is gone without a word: no pagehide, nothing given back."""
    session = page.context.browser.new_browser_cdp_session()
    target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
    with page.expect_event("close"):
        session.send("Target.closeTarget", {"targetId": target})


def test_they_survive_a_reload_in_their_order(desk):
    pick(desk.page, ("b.png", screen(300, 200)), ("a.png", screen(301, 200)))
    expect_ready(desk.page, 2)
    desk.field.fill("两张图")
    expect_kept(desk.page)
    desk.page.reload()
    expect_ready(desk.page, 2)
    assert names(desk.page) == ["b.png", "a.png"]
    expect(desk.field).to_have_value("两张图")


def test_they_survive_a_page_that_goes_without_a_word(desk, conversation):
    desk.page.evaluate("window.addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true)")
    pick(desk.page, ("a.png", screen(300, 200)))
    expect_kept(desk.page)
    context = desk.page.context
    later = context.new_page()
    crash(desk.page)
    later.goto(desk.page.url)
    expect(tray(later)).to_have_count(1)


def test_what_was_sent_does_not_come_back(desk):
    pick(desk.page, ("a.png", screen(300, 200)))
    expect_kept(desk.page)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("[data-message][data-seq] .message__picture")).to_be_visible()
    until(desk.page, lambda: boxes(desk.page) == 0)
    desk.page.reload()
    expect(desk.page.locator("[data-message][data-seq] .message__picture")).to_be_visible()
    expect(tray(desk.page)).to_have_count(0)
    expect(desk.field).to_have_value("")


def test_what_was_taken_away_does_not_come_back(desk):
    pick(desk.page, ("a.png", screen(300, 200)), ("b.png", screen(301, 200)))
    expect_ready(desk.page, 2)
    expect_kept(desk.page)
    tray(desk.page).first.locator("[data-remove]").click()
    expect_ready(desk.page, 1)
    desk.page.reload()
    expect_ready(desk.page, 1)
    assert names(desk.page) == ["b.png"]


def test_another_tab_does_not_show_what_stands_in_this_one(desk):
    pick(desk.page, ("a.png", screen(300, 200)))
    expect_kept(desk.page)
    other = desk.page.context.new_page()
    other.add_init_script(ASKS_AGAIN_AT_ONCE)
    other.goto(desk.page.url)
    until(other, lambda: other.evaluate("window.askedAgain"))
    assert boxes(other) == 1
    expect(tray(other)).to_have_count(0)
    expect(tray(desk.page)).to_have_count(1)


def test_a_tab_that_slept_leaves_them_to_the_one_that_took_them(desk):
    pick(desk.page, ("a.png", screen(300, 200)))
    expect_kept(desk.page)
    desk.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    other = desk.page.context.new_page()
    other.goto(desk.page.url)
    expect(tray(other)).to_have_count(1)
    desk.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(tray(desk.page)).to_have_count(0)
    expect(tray(other)).to_have_count(1)


def test_an_agents_files_stay_with_their_conversation(agent_page, zhangwei, conversation):
    console = Console(agent_page)
    console.expect_live()
    console.open("打印机")
    pick(agent_page, ("a.png", screen(300, 200)))
    expect_ready(agent_page)
    expect_kept(agent_page)
    agent_page.goto("/agent/?view=all")
    console.expect_live()
    expect(tray(agent_page)).to_have_count(0)
    console.open("打印机")
    expect_ready(agent_page)
    agent_page.locator("[data-send], [data-reply] [type=submit]").first.click()
    expect(agent_page.locator("[data-message][data-seq] .message__picture")).to_be_visible()
    until(agent_page, lambda: boxes(agent_page) == 0)
    expect(said(agent_page)).to_be_hidden()
