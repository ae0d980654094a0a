"""What pages do on days on which things go wrong quietly: dead lines, clocks that jump, strangers who answer."""

import re

import pytest
from playwright.sync_api import expect

from conversations.commands import lifecycle
from conversations.commands.reading import mark_read
from conversations.models import Draft

from .steps import Console, Desk
from .test_desk import KEPT, ask, until
from .test_reading import answer

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_CONNECTION_REFUSED", "WebSocket connection to")
HANGING = (
    "window.WebSocket = class { constructor() { this.readyState = 0; } close() {} send() {} }; WebSocket.OPEN = 1;"
)
TWENTY_MINUTES = 20 * 60 * 1000  # ms


@pytest.fixture
def desk(employee_page):
    return Desk(employee_page)


@pytest.fixture
def console(open_page, sign_in, wangqiang):
    console = Console(sign_in(open_page(), wangqiang, "/agent/"))
    console.expect_live()
    return console


def notice(page):
    return page.locator("[data-notice]")


# The line -----------------------------------------------------------------------------------------------------------------
def test_without_a_network_no_page_says_that_all_is_well(desk, console, problems):
    problems.expect(*OFFLINE, "htmx:")
    desk.page.context.set_offline(True)
    console.page.context.set_offline(True)
    expect(notice(desk.page)).to_contain_text("正在重新连接", timeout=6000)
    expect(console.page.locator("#link-state")).not_to_have_attribute("data-state", "live")
    desk.page.context.set_offline(False)
    console.page.context.set_offline(False)
    expect(notice(desk.page)).to_be_hidden()
    console.expect_live()


def test_a_handshake_that_hangs_is_no_line_and_polling_stands_in(open_page, sign_in, zhangwei, wangqiang):
    conversation = ask(zhangwei)
    page = open_page(phone=True)
    page.add_init_script(HANGING)
    desk = Desk(sign_in(page, zhangwei))
    answer(wangqiang, conversation, "看得到吗")
    expect(desk.bubble("看得到吗")).to_have_count(1, timeout=20_000)


def test_a_page_that_reaches_nobody_does_not_say_that_it_looks_for_news(desk, problems):
    problems.expect(*OFFLINE, "status of 404")
    desk.page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006, reason: '' })); } close() {} };"
    )
    desk.page.reload()
    expect(notice(desk.page)).to_contain_text("自动查看新消息", timeout=20_000)
    desk.page.route("**/itdesk/**", lambda route: route.abort())
    desk.write("有人吗")
    expect(notice(desk.page)).to_contain_text("正在重新连接")
    desk.page.unroute("**/itdesk/**")
    expect(notice(desk.page)).to_contain_text("自动查看新消息", timeout=20_000)


# Clocks -------------------------------------------------------------------------------------------------------------------
LEASE = """
async ([asked, jump]) => {
  const { Lease } = await import("/static/js/lease.js");
  const kept = new Map();
  const store = { change: async (key, next) => { kept.set(key, next(kept.get(key))); return kept.get(key); } };
  const real = Date.now;
  const lease = new Lease(store, "k");
  Date.now = () => real() + jump;
  await lease.note("offline", asked);
  const before = lease.owed;
  Date.now = real;
  const after = lease.owed;
  return [Math.round(before / 1000), Math.round(after / 1000)];
}
"""


def test_a_clock_that_is_put_right_holds_nothing_up(desk):
    assert desk.page.evaluate(LEASE, [0, TWENTY_MINUTES]) == [0, 0]
    assert desk.page.evaluate(LEASE, [10_000, TWENTY_MINUTES]) == [10, 0]
    assert desk.page.evaluate(LEASE, [10_000, 0]) == [10, 10]


KEEPER = """
async (jump) => {
  const { DraftKeeper } = await import("/static/js/draft_keeper.js");
  const kept = new Map();
  const store = { change: (key, next) => kept.set(key, next(kept.get(key))) };
  let draft = null;
  const keeper = new DraftKeeper("1", store, () => draft);
  const write = (content, typedAt) => {
    draft = { typedAt, kept: { content, typedAt, dirty: true } };
    keeper.keep("new");
    return kept.get("draft:1:new").content;
  };
  return [write("打印机", Date.now() + jump), write("打印机坏了", Date.now())];
}
"""


def test_what_is_typed_after_the_clock_was_put_right_is_kept(desk):
    assert desk.page.evaluate(KEEPER, TWENTY_MINUTES) == ["打印机", "打印机坏了"]
    assert desk.page.evaluate(KEEPER, -1000) == ["打印机", "打印机坏了"]


# Strangers and siblings ---------------------------------------------------------------------------------------------------
def test_a_page_of_somebody_else_as_an_answer_does_not_end_the_saving_of_drafts(desk):
    strangers = ["<html>请登录酒店网络</html>"]
    desk.page.route(
        re.compile("/draft$"),
        lambda route: (
            route.fulfill(status=200, content_type="text/html", body=strangers.pop())
            if strangers
            else route.continue_()
        ),
    )
    desk.field.press_sequentially("打印机")
    until(desk.page, lambda: not strangers)
    desk.field.press_sequentially("坏了")
    until(desk.page, lambda: Draft.objects.filter(content="打印机坏了").exists())


CLAIM = """
async () => {
  const { Shelf } = await import("/static/js/shelf.js");
  const kept = new Map();
  const store = {
    put: async (key, value) => { kept.set(key, { ...value }); return "kept"; },
    replace: async (key, value) => (kept.has(key) ? store.put(key, value) : "gone"),
    take: async (key) => { const value = kept.get(key); kept.delete(key); return value; },
    all: async () => Array.from(kept.values()),
  };
  const changed = [];
  const shelf = new Shelf("outbox:1:", store, { onChanged: (item) => changed.push(item.client_id), onUnkept() {} });
  await shelf.add({ client_id: "a", content: "写在电梯里", tried: false });
  const [key] = kept.keys();
  kept.set(key, { ...kept.get(key), tried: true }); // as another tab says that begins to send it
  const taken = await shelf.claim("a");
  return { taken: taken === undefined, tried: shelf.get("a").tried, stored: kept.size, changed };
}
"""


FULL = """
async () => {
  const { Shelf } = await import("/static/js/shelf.js");
  const kept = new Map();
  let full = false;
  const store = {
    put: async (key, value) => (full ? "full" : (kept.set(key, { ...value }), "kept")),
    replace: async (key, value) => (full ? "full" : (kept.set(key, { ...value }), "kept")),
    all: async () => Array.from(kept.values()),
  };
  const unkept = [];
  const hooks = { onChanged() {}, onAdded() {}, onUnkept: (item) => unkept.push(item.client_id) };
  const shelf = new Shelf("outbox:1:", store, hooks);
  const item = { client_id: "a", content: "看这张图", files: [new File(["x"], "a.png")] };
  await shelf.add(item);
  full = true;
  item.tried = true;
  await shelf.save(item);
  const stored = Array.from(kept.values())[0];
  // What a tab without room says of an item does not empty the hands of one that still has its files.
  full = false;
  kept.set(item.key, { ...stored, files: [], lost_files: 1, revision: 9 });
  await shelf.sync();
  return [stored.files.length, stored.lost_files || 0, unkept, shelf.get("a").files.length, shelf.get("a").lost_files];
}
"""


def test_a_full_device_takes_no_file_that_it_has(desk):
    assert desk.page.evaluate(FULL) == [1, 0, [], 1, 0]


def test_what_another_tab_begins_to_send_is_not_taken_back(desk):
    assert desk.page.evaluate(CLAIM) == {"taken": True, "tried": True, "stored": 1, "changed": ["a"]}


# What stands there afterwards -----------------------------------------------------------------------------------------------
def test_the_buttons_of_a_header_that_came_later_lead_on_in_the_same_list(console, zhangwei, lina, wangqiang):
    mine, other = ask(zhangwei, "打印机连不上了"), ask(lina, "VPN 断了")
    for each in (mine, other):
        lifecycle.claim(each.pk, by=wangqiang)
    waiting = ask(zhangwei, "屏幕闪烁", new_topic=True)
    console.page.goto("/agent/?view=mine")
    console.expect_live()
    console.open("VPN")
    console.write("请重启")
    console.expect_delivered("请重启")
    expect(console.header.locator("[data-view-field]").first).to_have_value("mine")
    console.act("resolve")
    expect(console.header).to_contain_text("打印机")
    assert "view=mine" in console.page.url
    assert waiting.status == "queued"


def test_a_step_that_was_taken_back_is_not_offered_again(console, zhangwei):
    ask(zhangwei)
    console.open("打印机")
    console.act("resolve")
    expect(console.page.locator("#toasts [data-undo]")).to_be_visible()
    console.page.keyboard.press("z")
    console.expect_status("assigned")
    # Well before the ten seconds after which every toast goes by itself.
    expect(console.page.locator("#toasts [data-undo]")).to_have_count(0, timeout=3000)


def test_ones_own_line_does_not_look_unread_again_under_a_colleagues(console, zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    console.open("打印机")
    console.write("请重启")
    console.expect_delivered("请重启")
    last = answer(liyang, conversation, "或者换一台")
    console.expect_delivered("或者换一台")
    own = console.bubble("请重启")
    assert (
        own.evaluate("(bubble) => getComputedStyle(bubble.querySelector('.message__mark'), '::before').opacity") == "1"
    )
    mark_read(conversation.pk, by=zhangwei, seq=last.seq, audience="employee")
    expect(console.bubble("或者换一台")).to_have_class(re.compile("message--read"))
    expect(own).to_have_class(re.compile("message--seen"))
    assert (
        own.evaluate("(bubble) => getComputedStyle(bubble.querySelector('.message__mark'), '::before').opacity") == "0"
    )


def test_a_new_request_does_not_deny_the_open_ones(desk, zhangwei):
    expect(desk.state).to_contain_text("现在没有进行中的请求")
    ask(zhangwei)
    ask(zhangwei, "VPN 断了", new_topic=True)
    desk.page.goto("/itdesk/?new=1")
    expect(desk.state).to_contain_text("另有 2 个请求在处理中")


def test_a_text_that_is_too_long_says_so_after_a_reload_as_well(desk, settings):
    settings.MESSAGE_MAX_CHARS = 4
    desk.page.reload()
    desk.field.press_sequentially("请重启打印机")
    until(desk.page, lambda: "请重启打印机" in str(desk.page.evaluate(KEPT)))
    desk.page.reload()
    expect(desk.field).to_have_value("请重启打印机")
    expect(desk.page.locator("[data-word]")).to_be_visible()
    expect(desk.field).to_have_attribute("aria-invalid", "true")
