"""Solved, not solved, one face, please hurry: how many taps each costs, on every tab, and for browsers without scripts."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from conversations.commands import feedback, lifecycle, messages
from conversations.models import Conversation, Feedback

from .steps import Console, Desk

TAPS = "window.taps = 0; document.addEventListener('click', () => { window.taps += 1; }, true);"


def ask(author, content="打印机连不上了"):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), new_topic=True)[0].conversation


def resolved(conversation, by):
    lifecycle.claim(conversation.pk, by=by)
    return lifecycle.resolve(conversation.pk, by=by)


class Panel:
    """What stands above the composer of the desk, and the tap that a thumb makes there."""

    def __init__(self, page):
        self.page = page
        self.panel = page.locator("[data-panel]")

    def tap(self, words):
        self.panel.get_by_role("button", name=words, exact=True).click()

    def face(self, words):
        return self.panel.get_by_role("button", name=words, exact=True)

    @property
    def taps(self):
        return self.page.evaluate("window.taps")


@pytest.fixture
def solved(live, zhangwei, wangqiang):
    return resolved(ask(zhangwei), wangqiang)


@pytest.fixture
def at(open_page, sign_in, zhangwei):
    """`at(conversation)`: another page of zhangwei's phone at this request. → Panel"""

    def go(conversation, **options):
        page = open_page(phone=True, **options)
        page.add_init_script(TAPS)
        sign_in(page, zhangwei, f"/itdesk/c/{conversation.pk}/")
        return Panel(page)

    return go


def test_done_is_two_taps(at, solved, check_axe):
    here = at(solved)
    expect(here.panel).to_contain_text("解决了吗")
    check_axe(here.page)
    here.tap("已解决")
    here.tap("满意")
    expect(here.face("满意")).to_have_attribute("aria-pressed", "true")
    expect(here.panel).to_contain_text("谢谢")
    assert here.taps == 2
    said = Feedback.objects.get()
    assert (said.verdict, said.score) == ("solved", 3)
    check_axe(here.page)


def test_not_solved_is_one_tap_back_into_the_queue(at, solved):
    here = at(solved)
    desk = Desk(here.page)
    here.tap("没解决")
    desk.expect_status("queued")
    expect(here.panel).to_have_count(0)
    expect(desk.messages.last).to_contain_text("重新排队")
    assert here.taps == 1
    assert Conversation.objects.get().assigned_agent is None


def test_it_came_again_is_one_tap(at, solved, zhangwei):
    feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    here = at(solved)
    here.tap("又出现了")
    Desk(here.page).expect_status("queued")
    assert here.taps == 1


def test_every_tab_shows_it_without_a_reload(at, live, zhangwei, wangqiang):
    conversation = ask(zhangwei)
    one, other = at(conversation), at(conversation)
    expect(one.panel).to_have_count(0)
    lifecycle.claim(conversation.pk, by=wangqiang)
    lifecycle.resolve(conversation.pk, by=wangqiang)
    one.tap("已解决")
    expect(other.panel).to_contain_text("这次处理怎么样")
    other.tap("一般")
    expect(one.face("一般")).to_have_attribute("aria-pressed", "true")
    lifecycle.reopen(conversation.pk, by=wangqiang)
    for each in (one, other):
        expect(each.panel).to_have_count(0)


def test_a_changed_mind_and_words_of_ones_own(at, solved):
    here = at(solved)
    here.tap("已解决")
    here.tap("满意")
    field = here.panel.locator("[data-words]")
    field.fill("等得久了一点")
    here.tap("不满意")
    expect(here.face("不满意")).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_value("等得久了一点")  # a face that is tapped meanwhile takes no words away
    field.press("Enter")
    expect(field).to_have_js_property("defaultValue", "等得久了一点")
    said = Feedback.objects.get()
    assert (said.score, said.words) == (1, "等得久了一点")
    here.page.reload()
    expect(field).to_have_value("等得久了一点")


def test_what_is_being_written_to_the_desk_is_left_alone(at, zhangwei, wangqiang, live):
    conversation = ask(zhangwei)
    here = at(conversation)
    desk = Desk(here.page)
    desk.field.fill("还有一件事")
    desk.field.evaluate("e => { e.mark = 1; e.setSelectionRange(2, 3); }")
    lifecycle.resolve(conversation.pk, by=wangqiang)
    here.tap("已解决")
    here.tap("满意")
    expect(here.face("满意")).to_have_attribute("aria-pressed", "true")
    assert desk.field.evaluate("e => [e.mark, e.value, e.selectionStart]") == [1, "还有一件事", 2]


def test_hurry_is_one_tap_and_says_when_it_is_possible_again(at, agent_page, zhangwei, live):
    conversation = ask(zhangwei)
    here, console = at(conversation), Console(agent_page)
    desk = Desk(here.page)
    desk.state.get_by_role("button", name="催一下").click()
    expect(desk.state).to_contain_text(re.compile(r"\d\d:\d\d 后可再催"))
    expect(desk.state.get_by_role("button")).to_have_count(0)
    expect(desk.messages.last).to_contain_text("已催一下")
    assert here.taps == 1
    expect(console.row(conversation.pk)).to_contain_text("催")
    console.open("打印机")
    expect(console.header).to_contain_text("催过")
    expect(console.bubble("已催一下")).to_have_count(1)


def test_two_taps_of_one_thumb_are_one(at, zhangwei, live):
    conversation = ask(zhangwei)
    here = at(conversation)
    Desk(here.page).state.get_by_role("button", name="催一下").evaluate("e => { e.click(); e.click(); }")
    expect(Desk(here.page).state).to_contain_text("后可再催")
    assert conversation.events.filter(kind="conversation.urged").count() == 1
    expect(here.page.locator("[data-word]")).to_be_hidden()


def test_the_second_half_of_a_double_tap_rates_nothing(at, solved):
    here = at(solved)
    box = here.face("已解决").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    here.page.evaluate(
        """([x, y]) => {
          const holder = document.querySelector("[data-feedback]");
          new MutationObserver(() => {
            const under = document.elementFromPoint(x, y);
            window.hit = under && under.closest(".feedback__face, .feedback__tap") ? "button" : "nothing";
            window.hit === "button" && under.click();
          }).observe(holder, { childList: true });
        }""",
        [x, y],
    )
    here.page.touchscreen.tap(x, y)
    expect(here.face("一般")).to_be_visible()
    assert here.page.evaluate("window.hit") == "nothing"
    here.tap("满意")
    expect(here.face("满意")).to_have_attribute("aria-pressed", "true")
    assert Feedback.objects.get().score == 3


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_it_fits_the_narrowest_phone(at, solved, zhangwei, locale):
    feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    feedback.rate(solved.pk, by=zhangwei, epoch=solved.epoch, score=2)
    here = at(solved, viewport={"width": 320, "height": 568}, locale=locale)
    assert (
        here.page.evaluate(
            "Array.from(document.querySelectorAll('.feedback *')).filter((e) => e.getBoundingClientRect().right > 320).length"
        )
        == 0
    )


def test_a_page_that_is_behind_is_told_and_repairs_itself(at, solved, zhangwei, problems):
    problems.expect("status of 409")
    here = at(solved)

    def overtaken(route):
        feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
        route.continue_()

    here.page.route("**/solved", overtaken)
    here.tap("已解决")
    expect(here.page.locator("[data-word]")).to_contain_text("刚刚有了变化")
    Desk(here.page).expect_status("queued")
    expect(here.panel).to_have_count(0)


def test_it_works_without_scripts(open_page, sign_in, solved, zhangwei, problems):
    problems.expect(r"\.js: csp")  # how Chromium calls a script that it was told not to run
    signed_in = open_page(phone=True)
    sign_in(signed_in, zhangwei, "/itdesk/")
    page = open_page(phone=True, java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page.goto(f"/itdesk/c/{solved.pk}/")
    page.get_by_role("button", name="已解决").click()
    page.get_by_role("button", name="不满意").click()
    page.locator("input[data-words]").fill("下次早点")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("input[data-words]")).to_have_value("下次早点")
    page.get_by_role("button", name="又出现了").click()
    page.get_by_role("button", name="催一下").click()
    expect(page.locator("[data-state]")).to_contain_text("后可再催")
    assert Feedback.objects.get().words == "下次早点"


def test_the_agent_sees_how_it_was(at, agent_page, solved, zhangwei):
    console = Console(agent_page)
    agent_page.locator('#rail [data-view="resolved"]').click()
    console.open("打印机")
    feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    feedback.rate(solved.pk, by=zhangwei, epoch=solved.epoch, score=1, words="等得太久")
    expect(console.header).to_contain_text("不满意")
    expect(console.row(solved.pk)).to_contain_text("不满意")
    expect(agent_page.locator("[data-facts]")).to_contain_text("等得太久")
