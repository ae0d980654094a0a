"""The agent console through its front door: the list, the thread, the actions, in JSON and in fragments."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations.commands import lifecycle, messages
from conversations.models import CannedReply, Conversation, Group, Message, ReadMark
from conversations.presentation import row_html
from conversations.queries import inbox
from conversations.templatetags.console import VIEWS_OF, short_time, wait_level, wait_words

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_ACCEPT": "text/html"}


def client_of(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def ask(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


def url(name, conversation):
    return reverse(f"agent:{name}", args=[conversation.pk])


def post(agent, conversation, action, **fields):
    return client_of(agent).post(url(action, conversation), fields, **JSON)


def write(agent, conversation, content="请重启打印机", **fields):
    fields = {"client_id": uuid.uuid4(), "content": content, **fields}
    return client_of(agent).post(url("messages", conversation), fields, **JSON)


# The list -------------------------------------------------------------------------------------------------------------


def test_it_shows_the_console_with_rows_and_counts(zhangwei, wangqiang):
    ask(zhangwei)
    page = client_of(wangqiang).get("/agent/", HTTP_ACCEPT="text/html").content.decode()
    assert "打印机连不上了" in page
    assert re.search(r'id="count-waiting"[^>]*>1<', page)


def test_it_keeps_employees_out(zhangwei, lina):
    conversation = ask(zhangwei)
    for address in [
        "/agent/",
        "/agent/conversations",
        url("conversation", conversation),
        url("messages", conversation),
    ]:
        assert client_of(lina).get(address).status_code == 403
        assert client_of(zhangwei).get(address).status_code == 403


def test_it_pages_through_a_view_as_json(zhangwei, wangqiang, monkeypatch):
    monkeypatch.setattr(inbox.inbox_page, "__defaults__", ("", "", 2))
    wanted = [str(ask(zhangwei, new_topic=True).pk) for _ in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        answer = client_of(wangqiang).get("/agent/conversations", {"view": "waiting", "cursor": cursor}, **JSON).json()
        found += [each["id"] for each in answer["conversations"]]
        cursor = answer["next_cursor"]
    assert found == wanted


def test_it_asks_for_the_next_page_when_its_end_is_seen(zhangwei, wangqiang, monkeypatch):
    monkeypatch.setattr(inbox.inbox_page, "__defaults__", ("", "", 2))
    for _ in range(3):
        ask(zhangwei, new_topic=True)
    first = client_of(wangqiang).get("/agent/conversations?view=waiting", **HTMX).content.decode()
    following = (
        re.search(r'hx-get="([^"]+cursor=[^"]+)" hx-trigger="intersect once"', first).group(1).replace("&amp;", "&")
    )
    second = client_of(wangqiang).get(following, **HTMX).content.decode()
    assert (first.count("data-order-at"), second.count("data-order-at")) == (2, 1)
    assert "intersect" not in second


def test_it_finds_by_name_and_by_words(zhangwei, lina, wangqiang):
    mine, other = ask(zhangwei, "VPN 断线"), ask(lina, "打印机卡纸")
    for q, wanted in [("张伟", mine), ("VPN", mine), ("卡纸", other)]:
        answer = client_of(wangqiang).get("/agent/conversations", {"q": q}, **JSON).json()
        assert [each["id"] for each in answer["conversations"]] == [str(wanted.pk)]


@pytest.mark.parametrize("query", ["view=nobody", "cursor=rubbish"])
def test_it_refuses_a_list_that_does_not_exist(wangqiang, query):
    answer = client_of(wangqiang).get(f"/agent/conversations?{query}", **JSON)
    assert answer.status_code in {404, 422}
    assert answer.json()["reason"]


@pytest.mark.parametrize("address", ["/agent/conversations?view=all", "/agent/?view=all"])
def test_the_number_of_queries_does_not_grow_with_the_list(zhangwei, lina, wangqiang, address):
    client = client_of(wangqiang)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, HTTP_ACCEPT="text/html").status_code == 200
        return len(captured)

    ask(zhangwei)
    few = queries()
    for _ in range(12):
        lifecycle.claim(ask(lina, new_topic=True).pk, by=wangqiang)
    assert queries() == few


def test_it_shows_who_is_unread_to_each_agent_alone(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    answer = client_of(wangqiang).post(url("read", conversation), {"seq": 1})
    assert answer.json()["read_seq"] == 1
    assert ReadMark.objects.get(user=wangqiang).read_seq == 1
    rows = [client_of(each).get("/agent/conversations", **HTMX).content.decode() for each in (wangqiang, liyang)]
    assert ["item--unread" in row for row in rows] == [False, True]


def test_a_row_names_the_views_that_show_it(zhangwei, wangqiang, liyang):
    for step in [None, lifecycle.claim, lifecycle.release, lifecycle.resolve, lifecycle.reopen]:
        conversation = Conversation.objects.first() or ask(zhangwei)
        if step:
            conversation = step(conversation.pk, by=wangqiang)
        stands_in = {view for view in inbox.VIEWS if inbox.inbox_page(wangqiang, view).conversations}
        assert stands_in == set(VIEWS_OF[conversation.status])
        assert f'data-views="{" ".join(VIEWS_OF[conversation.status])}"' in row_html(conversation)


def test_a_row_holds_nothing_personal(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    one, other = [
        client_of(each).get(url("row", conversation), HTTP_ACCEPT="text/html").content for each in (wangqiang, liyang)
    ]
    assert one == other


@pytest.mark.parametrize(
    ("minutes", "words", "level"),
    [(0, "不到 1 分", "fresh"), (9, "9 分", "fresh"), (10, "10 分", "long"), (45, "45 分", "late"), (150, "2 小时", "late"),
     (3000, "2 天", "late")],
)  # fmt: skip
def test_a_wait_is_said_in_one_breath(minutes, words, level):
    since = timezone.now() - timedelta(minutes=minutes)
    assert (wait_words(since), wait_level(since)) == (words, level)


def test_an_old_time_names_its_day():
    now = timezone.now()
    assert re.fullmatch(r"\d\d:\d\d", short_time(now))
    assert short_time(now - timedelta(days=1)) == "昨天"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", short_time(now - timedelta(days=800)))


# The thread -----------------------------------------------------------------------------------------------------------


def test_it_opens_a_thread_with_the_actions_that_are_allowed_now(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    client = client_of(wangqiang)
    waiting = client.get(url("conversation", conversation), **HTMX).content.decode()
    lifecycle.claim(conversation.pk, by=wangqiang)
    taken = client.get(url("conversation", conversation), **HTMX).content.decode()
    assert 'data-action="claim"' in waiting
    assert 'data-action="release"' not in waiting
    assert 'data-action="release"' in taken
    assert 'data-action="claim"' not in taken


def test_the_same_address_is_a_whole_page_for_a_browser(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    page = client_of(wangqiang).get(url("conversation", conversation), HTTP_ACCEPT="text/html").content.decode()
    assert "<!doctype html>" in page
    assert f'action="{url("messages", conversation)}"' in page


def test_it_does_not_know_a_conversation_that_is_not_there(wangqiang):
    for name in ["conversation", "messages", "header", "person", "row", "transfer"]:
        answer = client_of(wangqiang).get(reverse(f"agent:{name}", args=[uuid.uuid4()]), **JSON)
        assert answer.status_code == 404, name


def test_it_stores_a_reply_once_for_two_posts(zhangwei, wangqiang):
    conversation, client_id = ask(zhangwei), uuid.uuid4()
    first, again = [write(wangqiang, conversation, client_id=client_id) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Message.objects.filter(client_id=client_id).count() == 1


def test_a_note_stays_among_agents(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    assert write(wangqiang, conversation, "查交换机", internal="true").json()["internal"] is True
    seen = client_of(liyang).get(url("messages", conversation), **JSON).json()["messages"]
    assert seen[-1]["content"] == "查交换机"
    theirs = client_of(zhangwei).get(reverse("desk:messages"), {"conversation_id": conversation.pk}, **JSON)
    assert "查交换机" not in theirs.content.decode()


def test_it_asks_again_when_the_employee_wrote_meanwhile(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    ask(zhangwei, "已经好了", conversation_id=conversation.pk)
    refused = write(wangqiang, conversation, based_on_seq=1)
    assert refused.status_code == 409
    assert [each["content"] for each in refused.json()["messages"]] == ["已经好了"]
    assert "张伟" in refused.json()["reason"]
    assert write(wangqiang, conversation).status_code == 201


@pytest.mark.parametrize(
    "fields", [{"content": " "}, {"client_id": "x"}, {"based_on_seq": "later"}, {"msg_type": "song"}]
)
def test_it_says_what_is_wrong_with_a_reply(zhangwei, wangqiang, fields):
    conversation = ask(zhangwei)
    answer = write(wangqiang, conversation, **fields)
    assert answer.status_code == 422
    assert answer.json()["reason"]
    assert conversation.messages.count() == 1


def test_it_reads_on_after_what_the_page_holds(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    write(wangqiang, conversation)
    answer = client_of(wangqiang).get(url("messages", conversation), {"after": 1}, **HTMX)
    assert answer["X-Has-More"] == "false"
    assert re.findall(r'data-seq="(\d+)"', answer.content.decode()) == ["2", "3"]


def test_the_side_panel_tells_who_it_is_and_what_happened(zhangwei, lina, wangqiang, liyang):
    earlier, conversation = ask(zhangwei, "VPN 断线"), ask(zhangwei, "打印机卡纸", new_topic=True)
    ask(lina, "投影仪坏了")
    lifecycle.claim(conversation.pk, by=wangqiang)
    lifecycle.transfer(conversation.pk, by=wangqiang, to=liyang)
    panel = client_of(liyang).get(url("person", conversation), **HTMX).content.decode()
    assert "财务部" in panel
    assert str(earlier.pk) in panel
    assert "投影仪坏了" not in panel
    assert [words in panel for words in ("张伟 提出请求", "王强 接待", "王强 转给 李洋")] == [True] * 3


# Actions --------------------------------------------------------------------------------------------------------------


def test_the_second_claim_is_told_who_was_faster(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    assert post(wangqiang, conversation, "claim").json()["assigned_agent_id"] == wangqiang.pk
    late = post(liyang, conversation, "claim")
    assert late.status_code == 409
    assert "王强" in late.json()["reason"]
    assert late.json()["conversation"]["assigned_agent_id"] == wangqiang.pk


def test_the_loser_of_a_claim_sees_the_present_header(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    post(wangqiang, conversation, "claim")
    late = client_of(liyang).post(url("claim", conversation), **HTMX)
    assert (late.status_code, late["HX-Retarget"]) == (409, "#thread-head")
    assert 'data-action="release"' in late.content.decode()
    assert re.search(r'class="toast[^"]*"[^>]*role="alert"', late.content.decode())


def test_it_goes_round_all_actions(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    for action, fields, status in [
        ("claim", {}, "assigned"),
        ("release", {}, "queued"),
        ("transfer", {"assigned_agent_id": liyang.pk}, "assigned"),
        ("resolve", {}, "resolved"),
        ("reopen", {}, "assigned"),
    ]:
        answer = post(wangqiang, conversation, action, **fields)
        assert (answer.status_code, answer.json()["status"]) == (200, status), action


def test_an_action_is_never_a_get(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    for action in ["claim", "release", "resolve", "reopen"]:
        assert client_of(wangqiang).get(url(action, conversation), **JSON).status_code == 405


@pytest.mark.parametrize(
    "fields", [{}, {"userid": "lina"}, {"assigned_agent_id": "999999"}, {"assigned_agent_id": "x"}]
)
def test_it_transfers_only_to_an_agent(zhangwei, lina, wangqiang, fields):
    conversation = ask(zhangwei)
    assert post(wangqiang, conversation, "transfer", **fields).status_code == 422
    conversation.refresh_from_db()
    assert conversation.assigned_agent is None


def test_it_offers_the_colleagues_and_what_they_have_in_hand(zhangwei, lina, wangqiang, liyang, zhaomin):
    Group.objects.create(name="网络组").agents.add(liyang)
    lifecycle.claim(ask(lina).pk, by=liyang)
    conversation = lifecycle.claim(ask(zhangwei).pk, by=wangqiang)
    client = client_of(wangqiang)
    found = client.get(url("transfer", conversation), **JSON).json()["colleagues"]
    assert {each["name"]: each["in_hand"] for each in found} == {"李洋": 1, "赵敏": 0}
    popup = client.get(url("transfer", conversation), **HTMX).content.decode()
    assert "网络组" in popup
    assert "张伟" not in popup


def test_after_resolving_the_one_who_waits_longest_opens(zhangwei, lina, wangqiang):
    done, longest, newest = ask(zhangwei), ask(lina, "VPN 断线"), ask(zhangwei, "投影仪", new_topic=True)
    answer = client_of(wangqiang).post(url("resolve", done), {"view": "waiting"}, **HTMX)
    assert answer["HX-Push-Url"] == f"{url('conversation', longest)}?view=waiting"
    shown = answer.content.decode()
    assert f'data-thread data-conversation-id="{longest.pk}"' in shown
    assert str(newest.pk) not in shown
    assert url("reopen", done) in shown


def test_after_the_last_one_nothing_is_open(zhangwei, wangqiang):
    answer = client_of(wangqiang).post(url("resolve", ask(zhangwei)), {"view": "waiting"}, **HTMX)
    assert answer["HX-Push-Url"] == "/agent/?view=waiting"
    assert "data-thread" not in answer.content.decode()


def test_undo_opens_the_thread_again(zhangwei, wangqiang):
    conversation = lifecycle.resolve(ask(zhangwei).pk, by=wangqiang)
    answer = client_of(wangqiang).post(url("reopen", conversation), HTTP_HX_TARGET="pane", **HTMX)
    assert f'data-thread data-conversation-id="{conversation.pk}"' in answer.content.decode()
    conversation.refresh_from_db()
    assert conversation.assigned_agent == wangqiang


def test_nobody_resolves_what_they_have_not_read(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    seen = conversation.version
    ask(zhangwei, "还有一个问题", conversation_id=conversation.pk)
    assert post(wangqiang, conversation, "resolve", version=seen).status_code == 409
    conversation.refresh_from_db()
    assert conversation.resolved_at is None


def test_a_browser_without_scripts_comes_back_to_its_page(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    client = client_of(wangqiang)
    for name, fields in [("claim", {}), ("messages", {"client_id": uuid.uuid4(), "content": "请重启"})]:
        answer = client.post(url(name, conversation), {"view": "mine", **fields}, HTTP_ACCEPT="text/html")
        assert answer.status_code == 303
        assert answer["Location"] == f"{url('conversation', conversation)}?view=mine"


# Canned replies -------------------------------------------------------------------------------------------------------


def test_it_finds_canned_replies_by_shortcut_title_and_words(wangqiang):
    CannedReply.objects.all().delete()
    CannedReply.objects.create(shortcut="vpn", title="VPN 断线", content="请把 DNS 改为自动")
    CannedReply.objects.create(shortcut="old", title="旧的", content="VPN", active=False)
    for q in ["vpn", "断线", "DNS"]:
        found = client_of(wangqiang).get("/agent/canned", {"q": q}, **JSON).json()["replies"]
        assert [each["shortcut"] for each in found] == ["vpn"]
