"""The agent console in a real browser: the list stays true, the composer is never touched, the keys work."""

import asyncio
import random
import re
import uuid

import pytest
from playwright.sync_api import expect

from conversations import hub
from conversations.commands import lifecycle, messages
from conversations.errors import Refused
from conversations.models import Attachment, CannedReply, Conversation, Message
from conversations.queries import inbox

from .steps import Console, Desk

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"


@pytest.fixture
def console(agent_page):
    console = Console(agent_page)
    console.expect_live()
    return console


def ask(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


def answer(author, conversation, content="我看一下", **more):
    return messages.post_reply(
        author=author, conversation_id=conversation.pk, content=content, client_id=uuid.uuid4(), **more
    )[0]


def paste_picture(console, name="image.png"):
    console.field.evaluate(
        """(field, [pixel, name]) => {
          const bytes = Uint8Array.from(atob(pixel), (char) => char.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type: "image/png" }));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [PIXEL, name],
    )


def drop_file(page, place, name, content):
    page.locator(place).evaluate(
        """(place, [name, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([content], name, { type: "text/plain" }));
          const tell = (type) => place.dispatchEvent(
            new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
          tell("dragover");
          tell("drop");
        }""",
        [name, content],
    )


def beat():
    """The server's beat, at once: every console reads its list again."""
    present = hub._hub
    asyncio.run_coroutine_threadsafe(present.beat_once(), present.loop).result(5)


def row_ids(console):
    return console.rows.evaluate_all("rows => rows.map((row) => row.dataset.conversationId)")


def expect_rows(console, agent, view):
    wanted = [str(each.pk) for each in inbox.inbox_page(agent, view).conversations]
    console.page.wait_for_function(
        "wanted => JSON.stringify(Array.from(document.querySelectorAll('#inbox-list [data-conversation-id]'),"
        " (row) => row.dataset.conversationId)) === JSON.stringify(wanted)",
        arg=wanted,
    )


def expect_counts(console, agent):
    for view, number in inbox.counts(agent).items():
        expect(console.page.locator(f"#count-{view}")).to_have_text(str(number))


def test_a_new_request_appears_by_itself_and_is_counted(console, zhangwei, wangqiang):
    expect(console.page.locator("[data-empty]")).to_be_visible()
    conversation = ask(zhangwei)
    expect(console.row(conversation.pk)).to_contain_text("张伟")
    expect(console.page.locator("[data-empty]")).to_have_count(0)
    expect_counts(console, wangqiang)


@pytest.mark.parametrize("view", ["waiting", "mine", "all", "resolved"])
def test_rows_and_counts_equal_the_database_after_any_history(console, zhangwei, lina, wangqiang, liyang, view):
    if view != "waiting":
        console.page.locator(f'#rail [data-view="{view}"]').click()
        expect(console.page.locator("#inbox")).to_have_attribute("data-view", view)
    chance = random.Random(view)
    verbs = [lifecycle.claim, lifecycle.release, lifecycle.resolve, lifecycle.reopen, answer, ask]
    for _ in range(40):
        verb, agent = chance.choice(verbs), chance.choice([wangqiang, liyang])
        conversation = chance.choice([*Conversation.objects.all(), None])
        try:
            if verb is ask or conversation is None:
                ask(chance.choice([zhangwei, lina]), new_topic=chance.random() < 0.6)
            elif verb is answer:
                answer(agent, conversation, internal=chance.random() < 0.3)
            else:
                verb(conversation.pk, by=agent)
        except Refused:
            continue
    expect_rows(console, wangqiang, view)
    expect_counts(console, wangqiang)


def test_a_list_that_changes_whenever_it_is_read_ends_true(console, zhangwei, wangqiang):
    ask(zhangwei)
    asked, reads = [], []

    def answered_too_late(route):
        reads.append(route)
        answer = route.fetch()
        if len(asked) < 3:
            asked.append(ask(zhangwei, new_topic=True))
            # The frame is there before the answer, which knows nothing of it.
            expect(console.row(asked[-1].pk)).to_be_visible()
        route.fulfill(response=answer)

    expect(console.rows).to_have_count(1)
    console.page.route(re.compile(r"/agent/conversations\?"), answered_too_late)
    # Three reads in a row lacked something, so a fourth must follow by itself.
    with console.page.expect_event("requestfinished", lambda request: len(reads) == 4 and request == reads[3].request):
        beat()
    expect(console.rows).to_have_count(4)
    expect_rows(console, wangqiang, "waiting")
    assert len(asked) == 3
    console.page.unroute_all(behavior="wait")


def test_the_whole_routine_case_takes_few_keys(console, zhangwei, lina, wangqiang):
    CannedReply.objects.create(shortcut="vpn", title="VPN 断线", content="请把 DNS 改为自动再连接")
    first, following = ask(zhangwei, "VPN 断线"), ask(lina, "打印机卡纸")
    expect(console.row(following.pk)).to_be_visible()
    keys = console.page.keyboard
    keys.press("j")
    keys.press("Enter")
    expect(console.header).to_contain_text("VPN 断线")
    keys.press("c")
    console.expect_status("assigned")
    keys.press("r")
    keys.type("/vp")
    expect(console.page.locator("[data-canned] [aria-selected=true]")).to_be_visible()
    keys.press("Enter")
    keys.press("Control+Enter")
    # At once, while the words are still on their way: they go first.
    keys.press("Escape")
    keys.press("e")
    expect(console.header).to_contain_text("打印机卡纸")
    first.refresh_from_db()
    assert first.messages.filter(content="请把 DNS 改为自动再连接").count() == 1
    assert (first.status, first.assigned_agent) == ("resolved", wangqiang)
    assert str(following.pk) in console.page.url


def test_a_resolved_one_comes_back_by_undo(console, zhangwei):
    conversation = ask(zhangwei)
    console.open("打印机")
    console.act("resolve")
    expect(console.page.locator("#toasts")).to_contain_text("打印机连不上了")
    expect(console.header).to_have_count(0)
    console.page.keyboard.press("z")
    console.expect_status("assigned")
    assert str(conversation.pk) in console.page.url


def test_the_loser_of_a_claim_is_told_who_was_faster(console, problems, zhangwei, liyang):
    problems.expect(r"409")
    conversation = ask(zhangwei)
    console.open("打印机")
    # The frame about the colleague's claim is held back, as on a slow line: this page still offers the claim.
    console.page.route(re.compile(r"/header$"), lambda route: None)
    lifecycle.claim(conversation.pk, by=liyang)
    console.page.keyboard.press("c")
    expect(console.page.locator("#toasts [role=alert]")).to_contain_text("李洋")
    console.expect_status("assigned")
    expect(console.header).to_contain_text("李洋")


def test_the_header_follows_what_a_colleague_does(console, zhangwei, liyang):
    conversation = ask(zhangwei)
    console.open("打印机")
    lifecycle.claim(conversation.pk, by=liyang)
    expect(console.header).to_contain_text("李洋")
    expect(console.page.locator("#facts")).to_contain_text("李洋 接待")
    answer(liyang, conversation, "请重启")
    console.expect_delivered("请重启")


def test_words_stay_with_their_conversation_and_survive_a_reload(console, zhangwei, lina):
    ask(zhangwei, "VPN 断线")
    ask(lina, "打印机卡纸")
    console.open("VPN")
    console.page.locator("[data-mode-key=note]").click()
    console.field.fill("半句备注")
    field = console.field.element_handle()
    console.open("打印机卡纸")
    expect(console.field).to_have_value("")
    console.field.fill("半句回复")
    console.open("VPN")
    expect(console.field).to_have_value("半句备注")
    expect(console.page.locator("[data-reply]")).to_have_attribute("data-mode", "note")
    assert field.evaluate("field => field.isConnected")
    console.page.reload()
    expect(console.field).to_have_value("半句备注")


def test_nothing_that_happens_touches_what_is_being_written(console, zhangwei, liyang):
    conversation = ask(zhangwei)
    console.open("打印机")
    console.field.fill("请先")
    console.field.press("End")
    lifecycle.claim(conversation.pk, by=liyang)
    ask(zhangwei, "还在吗", conversation_id=conversation.pk)
    console.expect_delivered("还在吗")
    expect(console.header).to_contain_text("李洋")
    console.page.keyboard.type("重启")
    expect(console.field).to_have_value("请先重启")
    expect(console.field).to_be_focused()


def test_sending_asks_once_when_the_employee_wrote_meanwhile(console, problems, zhangwei):
    problems.expect(r"409")
    conversation = ask(zhangwei)
    console.open("打印机")
    console.field.fill("请重启打印机")
    ask(zhangwei, "已经好了", conversation_id=conversation.pk)
    console.expect_delivered("已经好了")
    console.page.keyboard.press("Control+Enter")
    expect(console.page.locator("[data-ask]")).to_contain_text("张伟")
    expect(console.field).to_have_value("请重启打印机")
    expect(console.bubble("请重启打印机")).to_have_count(0)
    console.page.keyboard.press("Control+Enter")
    console.expect_delivered("请重启打印机")
    expect(console.page.locator("[data-ask]")).to_be_hidden()


def test_the_pages_own_questions_fail_without_a_word(console, problems, zhangwei, wangqiang):
    conversation = ask(zhangwei)
    console.open("打印机")
    console.page.wait_for_selector("#facts *")
    problems.expect(r"net::ERR_FAILED", r"htmx:")
    failed = []
    console.page.on("requestfailed", lambda request: failed.append(request.url))
    console.page.route(re.compile(r"/agent/(counts|conversations/[^/]+/(header|person))"), lambda route: route.abort())
    lifecycle.claim(conversation.pk, by=wangqiang)
    for _ in range(100):
        if {url.rstrip("/").rpartition("/")[2].partition("?")[0] for url in failed} >= {"counts", "header"}:
            break
        console.page.wait_for_timeout(100)
    assert failed
    assert console.page.locator("#toasts > *").count() == 0  # one that had come would stay for a while


def test_the_button_of_the_canned_replies_leaves_no_slash_behind(console, zhangwei):
    CannedReply.objects.create(shortcut="hello", title="问候", content="您好")
    ask(zhangwei)
    console.open("打印机")
    shown = console.page.locator("[data-canned] [aria-selected=true]")
    console.field.fill("稍等")
    console.page.locator("[data-open-canned]").click()
    expect(shown).to_be_visible()
    console.page.keyboard.press("Escape")
    expect(console.field).to_have_value("稍等")
    console.page.locator("[data-open-canned]").click()
    expect(shown).to_be_visible()
    console.page.locator("[data-send]").click()
    console.expect_delivered("稍等")
    expect(console.messages.last.locator(".words")).to_have_text("稍等")
    console.page.locator("[data-open-canned]").click()
    expect(shown).to_be_visible()
    console.page.keyboard.press("Enter")
    expect(console.field).to_have_value("您好")


def test_a_thread_opens_at_its_newest_line(console, zhangwei, lina):
    for number in range(30):
        ask(zhangwei, f"第 {number} 句")
    # The composer comes up under the thread and takes from its height: whoever reads along goes on reading along.
    console.open("第 29 句")
    console.page.wait_for_function(
        "(s => s.scrollTop > 0 && s.scrollHeight - s.scrollTop - s.clientHeight < 2)"
        "(document.querySelector('[data-thread] [data-scroll]'))"
    )


def test_a_pasted_picture_reaches_the_employee_and_opens_over_the_thread(console, employee_page, zhangwei, lina):
    ask(lina, "VPN 断线")
    ask(zhangwei)
    employee_page.goto("/itdesk/")
    desk = Desk(employee_page)
    console.open("VPN")
    console.open("打印机")
    paste_picture(console)
    expect(console.page.locator(".tray__item")).to_have_count(1)
    console.write("点这里")
    console.expect_delivered("点这里")
    expect(console.page.locator(".tray__item")).to_have_count(0)
    picture = desk.bubble("点这里").locator(".message__picture img")
    expect(picture).to_have_js_property("naturalWidth", 10)
    assert Attachment.objects.get().message.msg_type == "image"
    # Closing the picture is one step back, and only of the picture: the thread with its draft stands as it stood.
    section = console.page.locator("[data-thread]").element_handle()
    console.field.fill("半句")
    for close in (lambda: console.page.go_back(), lambda: console.page.keyboard.press("Escape")):
        console.bubble("点这里").locator("[data-picture]").click()
        expect(console.page.locator("[data-viewer]")).to_be_visible()
        console.page.keyboard.press("e")
        close()
        expect(console.page.locator("[data-viewer]")).to_be_hidden()
    console.expect_status("assigned")
    assert section.evaluate("section => section.isConnected")
    expect(console.field).to_have_value("半句")


def test_a_note_with_files_never_reaches_the_employee(console, employee_page, zhangwei, wangqiang):
    conversation = ask(zhangwei)
    employee_page.goto("/itdesk/")
    desk = Desk(employee_page)
    console.open("打印机")
    console.page.locator("[data-mode-key=note]").click()
    drop_file(console.page, "[data-thread] [data-scroll]", "交换机.log", "port 3 down")
    expect(console.page.locator(".tray__name")).to_have_text("交换机.log")
    console.write("", internal=True)
    note = console.messages.filter(has_text="交换机.log")
    expect(note).to_have_class(re.compile("message--note"))
    expect(note).to_have_attribute("data-seq", re.compile(r"^\d+$"))
    stored = Message.objects.get(internal=True)
    file = stored.attachments.get()
    # What comes after it arrives, so the note would have, too.
    answer(wangqiang, conversation, "修好了")
    desk.expect_delivered("修好了")
    expect(desk.page.locator("body")).not_to_contain_text("交换机.log")
    address = note.locator(".message__file").get_attribute("href")
    assert str(file.pk) in address
    assert console.page.request.get(address).status == 200
    assert employee_page.request.get(address).status == 404


def test_files_stay_with_their_conversation_and_their_mode(console, zhangwei, lina):
    ask(zhangwei, "VPN 断线")
    ask(lina, "打印机卡纸")
    console.open("VPN")
    console.page.locator("[data-mode-key=note]").click()
    paste_picture(console, "机房.png")
    console.open("打印机卡纸")
    expect(console.page.locator(".tray__item")).to_have_count(0)
    expect(console.page.locator("[data-reply]")).to_have_attribute("data-mode", "reply")
    console.open("VPN")
    expect(console.page.locator(".tray__name")).to_have_text("机房.png")
    expect(console.page.locator("[data-reply]")).to_have_attribute("data-mode", "note")
    # The way back from a removal stands there for a moment, and for this conversation alone.
    console.page.locator("[data-remove]").click()
    expect(console.page.locator(".tray__farewell")).to_contain_text("机房.png")
    for topic in ("打印机卡纸", "VPN"):
        console.open(topic)
        expect(console.page.locator("[data-tray]")).to_be_hidden()
        expect(console.page.locator(".tray__farewell")).to_have_count(0)


def test_a_chosen_file_that_is_too_large_is_refused_before_the_upload(console, zhangwei, settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024  # twenty take a slow machine too long to choose
    console.page.reload()
    console.expect_live()
    ask(zhangwei)
    console.open("打印机")
    files = console.page.locator("[data-files]:not([accept])")
    files.set_input_files({"name": "空.txt", "mimeType": "text/plain", "buffer": b""})
    expect(console.page.locator("[data-ask]")).to_contain_text("空文件")
    large = b"0" * (settings.ATTACHMENT_MAX_BYTES + 1)
    files.set_input_files({"name": "日志.txt", "mimeType": "text/plain", "buffer": large})
    expect(console.page.locator("[data-ask]")).to_contain_text("日志.txt")
    expect(console.page.locator(".tray__item")).to_have_count(0)
    files.set_input_files({"name": "短日志.txt", "mimeType": "text/plain", "buffer": b"port 3 down"})
    expect(console.page.locator("[data-ask]")).to_be_hidden()
    console.page.locator("[data-send]").click()
    expect(console.messages.filter(has_text="短日志.txt")).to_have_attribute("data-seq", re.compile(r"^\d+$"))


def test_it_opens_at_the_message_that_a_link_points_at(open_page, sign_in, zhangwei, wangqiang):
    conversation = ask(zhangwei, "第 0 句")
    for number in range(1, 100):
        ask(zhangwei, f"第 {number} 句", conversation_id=conversation.pk)
    console = Console(sign_in(open_page(), wangqiang, f"/agent/conversations/{conversation.pk}/?m=20"))
    console.expect_live()
    pointed = console.page.locator("#messages [data-seq='20']")
    expect(pointed).to_have_class(re.compile("message--pointed"))
    expect(console.page.locator("[data-new-below]")).to_contain_text("回到最新")
    expect(pointed).to_be_in_viewport()
    console.write("收到")
    console.expect_delivered("收到")
    expect(console.bubble("收到")).to_be_in_viewport()


def test_a_key_of_an_input_method_is_not_ours(console, zhangwei):
    ask(zhangwei)
    console.open("打印机")
    console.field.fill("请")
    for event in ["{key: 'Enter', ctrlKey: true, isComposing: true}", "{key: 'Enter', ctrlKey: true, keyCode: 229}"]:
        console.field.evaluate(f"field => field.dispatchEvent(new KeyboardEvent('keydown', {event}))")
    expect(console.field).to_have_value("请")
    console.page.keyboard.press("Escape")
    console.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'e', keyCode: 229, bubbles: true}))"
    )
    console.expect_status("queued")


def test_it_is_handed_to_a_colleague_by_keys(console, zhangwei, liyang):
    conversation = ask(zhangwei)
    console.open("打印机")
    keys = console.page.keyboard
    keys.press("t")
    expect(console.page.locator("[data-filter]")).to_be_focused()
    keys.type("liy")
    keys.press("Enter")
    expect(console.page.locator("[data-popup]")).to_have_count(0)
    expect(console.header).to_contain_text("李洋")
    conversation.refresh_from_db()
    assert conversation.assigned_agent == liyang


def test_unread_is_marked_until_it_was_on_screen(console, zhangwei, wangqiang):
    conversation = ask(zhangwei)
    unread = console.page.locator(".item--unread")
    expect(unread).to_have_count(1)
    console.open("打印机")
    expect(unread).to_have_count(0)
    assert inbox.unread(wangqiang, [Conversation.objects.get(pk=conversation.pk)]) == frozenset()


def test_the_tab_says_how_many_have_news(console, zhangwei, lina):
    ask(zhangwei)
    console.open("打印机")
    other = ask(lina, "VPN 断线")
    expect(console.row(other.pk)).to_be_visible()
    expect(console.page).to_have_title(re.compile(r"^\(1\) 张伟"))
    console.open("VPN")
    expect(console.page).to_have_title(re.compile(r"^李娜"))


def test_a_long_list_goes_on_where_it_is_scrolled(console, zhangwei, wangqiang):
    for _ in range(95):
        ask(zhangwei, new_topic=True)
    console.page.reload()
    console.expect_live()
    expect(console.rows.first).to_be_visible()
    scroller = console.page.locator("[data-inbox-scroll]")
    for shown in (80, 95):
        scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight }")
        expect(console.rows).to_have_count(shown)
    assert len(set(row_ids(console))) == 95
    # What happens far above moves nothing that is being read.
    ids = row_ids(console)
    scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight / 2 }")
    before = console.row(ids[50]).bounding_box()["y"]
    lifecycle.claim(ids[2], by=wangqiang)
    expect(console.rows).to_have_count(94)
    assert abs(console.row(ids[50]).bounding_box()["y"] - before) < 2


def test_back_and_forward_change_only_the_thread(console, zhangwei, lina):
    ask(zhangwei, "VPN 断线")
    ask(lina, "打印机卡纸")
    console.open("VPN")
    expect(console.header).to_contain_text("VPN 断线")
    console.open("打印机卡纸")
    expect(console.header).to_contain_text("打印机卡纸")
    console.field.fill("半句")
    console.page.go_back()
    expect(console.header).to_contain_text("VPN 断线")
    expect(console.field).to_have_value("")
    console.page.go_forward()
    expect(console.header).to_contain_text("打印机卡纸")
    expect(console.field).to_have_value("半句")


def test_a_phone_shows_one_thing_at_a_time(open_page, sign_in, zhangwei, wangqiang):
    ask(zhangwei)
    console = Console(sign_in(open_page(phone=True), wangqiang, "/agent/"))
    console.open("打印机")
    expect(console.page.locator("#inbox")).to_be_hidden()
    console.write("请重启")
    console.expect_delivered("请重启")
    console.header.locator("[data-close]").click()
    expect(console.page.locator("#inbox")).to_be_visible()
    expect(console.field).to_be_hidden()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_axe_finds_nothing_grave(open_page, sign_in, check_axe, zhangwei, lina, wangqiang, look, phone):
    conversation = lifecycle.claim(ask(zhangwei).pk, by=wangqiang)
    answer(wangqiang, conversation, "查交换机", internal=True)
    answer(wangqiang, conversation, "请重启")
    ask(lina)
    # Without motion: in the middle of a fade every colour is too pale.
    page = open_page(phone=phone, color_scheme=look, reduced_motion="reduce")
    console = Console(sign_in(page, wangqiang, "/agent/?view=all"))
    console.expect_live() if not phone else None
    check_axe(console.page)
    console.open("张伟")
    check_axe(console.page)
    console.act("transfer")
    expect(console.page.locator("[data-filter]")).to_be_focused()
    check_axe(console.page)
