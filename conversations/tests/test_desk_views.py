"""The employee desk through its front door: pages, JSON, fragments, and a browser without scripts."""

import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.access import EMPLOYEE
from conversations.commands import lifecycle, messages
from conversations.models import Conversation, DeskWords, Message, ReadMark
from conversations.presentation import message_html

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_ACCEPT": "text/html"}
HTML = {"HTTP_ACCEPT": "text/html"}
MESSAGES = "/itdesk/messages"


def client_of(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def ask(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


def answer(author, conversation, content="我看一下", **more):
    return messages.post_reply(
        author=author, conversation_id=conversation.pk, content=content, client_id=uuid.uuid4(), **more
    )[0]


def post(author, content="打印机连不上了", headers=JSON, **fields):
    return client_of(author).post(MESSAGES, {"client_id": uuid.uuid4(), "content": content, **fields}, **headers)


def page_of(user, address="/itdesk/", headers=HTML):
    return client_of(user).get(address, **headers).content.decode()


def url(name, conversation):
    return reverse(f"desk:{name}", args=[conversation.pk])


# Pages ----------------------------------------------------------------------------------------------------------------


def test_it_greets_who_comes_for_the_first_time(zhangwei):
    DeskWords.objects.update_or_create(pk=1, defaults={"greeting": "有事请直接说"})
    page = page_of(zhangwei)
    assert "有事请直接说" in page
    assert 'data-conversation-id=""' in page
    assert "<textarea" in page


def test_it_opens_the_open_request_and_a_new_one_on_demand(zhangwei):
    conversation = ask(zhangwei)
    assert f'id="state-{conversation.pk}"' in page_of(zhangwei)
    fresh = page_of(zhangwei, "/itdesk/?new=1")
    assert 'data-conversation-id=""' in fresh
    assert 'name="new_topic"' in fresh


def test_it_shows_an_absent_conversation_and_a_foreign_one_alike(zhangwei, lina):
    foreign = client_of(zhangwei).get(url("conversation", ask(lina)), **HTML)
    absent = client_of(zhangwei).get(reverse("desk:conversation", args=[uuid.uuid4()]), **HTML)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert "没有找到这个对话" in foreign.content.decode()
    assert "没有找到这个对话" in absent.content.decode()


def test_it_never_shows_a_note(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    answer(wangqiang, conversation, "三楼交换机", internal=True)
    answer(wangqiang, conversation, "马上好")
    listed = client_of(zhangwei).get(MESSAGES, {"conversation_id": conversation.pk, "after": 0}, **JSON).json()
    assert "三楼交换机" not in page_of(zhangwei) + page_of(zhangwei, "/itdesk/requests/") + str(listed)
    assert [each["prev_seq"] for each in listed["messages"]] == [0, *(each["seq"] for each in listed["messages"][:-1])]


def test_it_shows_the_way_back_only_to_who_has_another_place(zhangwei, wangqiang):
    assert "回到入口" in page_of(wangqiang)
    assert "回到入口" not in page_of(zhangwei)


def test_it_lists_own_requests_with_state_last_line_and_what_is_unread(zhangwei, lina, wangqiang):
    conversation = ask(zhangwei)
    answer(wangqiang, conversation, "请重启打印机")
    ask(lina, "别人的事")
    page = page_of(zhangwei, "/itdesk/requests/")
    assert "打印机连不上了" in page
    assert "请重启打印机" in page
    assert "王强 正在处理" in page
    assert "别人的事" not in page
    assert re.search(r'class="count"[^>]*>2<', page)  # the claim and the answer
    client_of(zhangwei).post(url("read", conversation), {"seq": 3}, **JSON)
    assert 'class="count"' not in page_of(zhangwei, "/itdesk/requests/")


def test_it_gives_htmx_the_list_alone(zhangwei):
    ask(zhangwei)
    fragment = page_of(zhangwei, "/itdesk/requests/", HTMX)
    assert fragment.strip().startswith('<div id="requests"')
    assert "<html" not in fragment


def test_a_list_of_many_requests_costs_as_many_questions_as_one(zhangwei, wangqiang):
    def questions():
        client = client_of(zhangwei)
        client.get("/itdesk/requests/", **HTML)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/itdesk/requests/", **HTML)
        return len(queries)

    lifecycle.claim(ask(zhangwei).pk, by=wangqiang)
    one = questions()
    for number in range(8):
        lifecycle.claim(ask(zhangwei, f"第 {number} 件", new_topic=True).pk, by=wangqiang)
    assert questions() == one


def test_who_is_no_employee_is_kept_out(wangqiang, zhangwei):
    from accounts import roles

    conversation = ask(zhangwei)
    roles.revoke(wangqiang, "user", channel="command")
    for address in [
        "/itdesk/",
        "/itdesk/requests/",
        MESSAGES,
        url("conversation", conversation),
        url("header", conversation),
    ]:
        assert client_of(wangqiang).get(address, **JSON).status_code == 403
    assert post(wangqiang).status_code == 403
    assert Message.objects.count() == 1


# Writing --------------------------------------------------------------------------------------------------------------


def test_it_stores_a_message_once_however_often_it_is_sent(zhangwei):
    client_id = uuid.uuid4()
    first, again = (post(zhangwei, client_id=client_id) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Message.objects.count() == 1


def test_it_answers_our_page_with_the_bubble_that_everybody_gets(zhangwei):
    response = post(zhangwei, headers=HTMX)
    assert response.status_code == 201
    assert response.content.decode() == message_html(Message.objects.get(), EMPLOYEE)


def test_it_sends_a_browser_without_scripts_back_to_the_page(zhangwei):
    response = post(zhangwei, headers=HTML)
    assert response.status_code == 303
    assert response["Location"] == url("conversation", Conversation.objects.get())
    refused = post(zhangwei, "  ", headers=HTML)
    assert refused.status_code == 422
    assert "还没有写内容" in refused.content.decode()


def test_it_opens_another_request_when_asked(zhangwei):
    post(zhangwei)
    post(zhangwei, "还是打印机")
    post(zhangwei, "另一件事", new_topic="true")
    assert [each.subject for each in Conversation.objects.order_by("created_at")] == ["打印机连不上了", "另一件事"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"content": ""}, "empty"),
        ({"content": " \n\t"}, "empty"),
        ({"content": "字" * 8001}, "too_long"),
        ({"client_id": "1"}, "bad_client_id"),
        ({"client_id": ""}, "bad_client_id"),
        ({"conversation_id": "not-a-uuid"}, "bad_conversation_id"),
        ({"msg_type": "video"}, "bad_msg_type"),
        ({"msg_type": "image"}, "no_file"),
        ({"upload_id": "0"}, None),
    ],
)
def test_it_refuses_what_it_cannot_take_and_stores_nothing(zhangwei, fields, error):
    response = post(zhangwei, **{"content": "打印机", **fields})
    assert response.status_code == 422
    assert response.json()["reason"]
    assert error is None or response.json()["error"] == error
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()


def test_nobody_writes_or_reads_in_a_foreign_conversation(zhangwei, lina):
    foreign = ask(lina)
    assert post(zhangwei, conversation_id=foreign.pk).status_code == 404
    client = client_of(zhangwei)
    assert client.get(MESSAGES, {"conversation_id": foreign.pk}, **JSON).status_code == 404
    assert client.get(url("header", foreign), **HTMX).status_code == 404
    assert client.post(url("read", foreign), {"seq": 1}, **JSON).status_code == 404
    assert client.post(url("handoff", foreign), **JSON).status_code == 404
    assert Message.objects.count() == 1
    assert not ReadMark.objects.exists()


def test_it_takes_files_with_the_words(zhangwei):
    file = SimpleUploadedFile("错误.log", b"2026-11-22 09:00:00 ERROR 1\n", content_type="text/plain")
    response = post(zhangwei, "日志在这里", msg_type="file", file=file)
    assert response.status_code == 201
    [attachment] = response.json()["attachments"]
    assert attachment["name"] == "错误.log"
    assert response.json()["msg_type"] == "file"


def test_too_many_sends_are_told_when_to_come_back(zhangwei, settings):
    settings.RATE_SEND = "2/m"
    statuses = [post(zhangwei).status_code for _ in range(3)]
    last = post(zhangwei)
    assert statuses[:2] == [201, 201]
    assert last.status_code == 429
    assert int(last["Retry-After"]) > 0
    assert last.json()["reason"]


# Reading --------------------------------------------------------------------------------------------------------------


def test_it_pages_forwards_and_backwards(zhangwei):
    conversation = ask(zhangwei, "第 1 句")
    for number in range(2, 121):
        ask(zhangwei, f"第 {number} 句", conversation_id=conversation.pk)

    def seqs(**where):
        found = client_of(zhangwei).get(MESSAGES, {"conversation_id": conversation.pk, **where}, **JSON).json()
        return [each["seq"] for each in found["messages"]], found["has_more"]

    assert seqs() == (list(range(81, 121)), True)
    assert seqs(before=51) == (list(range(11, 51)), True)
    assert seqs(before=11) == (list(range(1, 11)), False)
    assert seqs(after=10) == (list(range(11, 111)), True)
    assert seqs(after=110) == (list(range(111, 121)), False)


def test_our_page_gets_bubbles_and_whether_there_are_more(zhangwei):
    conversation = ask(zhangwei)
    response = client_of(zhangwei).get(MESSAGES, {"conversation_id": conversation.pk, "after": 0}, **HTMX)
    assert response["X-Has-More"] == "false"
    assert response.content.decode() == message_html(Message.objects.get(), EMPLOYEE)


@pytest.mark.parametrize("where", [{"after": "x"}, {"before": "-1"}, {"since": "9" * 30}, {"conversation_id": ""}])
def test_it_refuses_a_question_it_cannot_understand(zhangwei, where):
    conversation = ask(zhangwei)
    response = client_of(zhangwei).get(MESSAGES, {"conversation_id": conversation.pk, **where}, **JSON)
    assert response.status_code == 422
    assert response.json()["reason"]


def test_it_says_one_true_sentence_of_state(zhangwei, lina, wangqiang):
    ask(lina)
    conversation = ask(zhangwei)
    header = lambda: client_of(zhangwei).get(url("header", conversation), **HTMX).content.decode()  # noqa: E731
    assert "排队中，第 2 位" in header()
    lifecycle.claim(conversation.pk, by=wangqiang)
    assert "王强 正在处理" in header()
    assert 'data-status="assigned"' in header()
    lifecycle.resolve(conversation.pk, by=wangqiang)
    assert "已解决" in header()


def test_a_person_who_is_wanted_twice_comes_once(zhangwei):
    conversation = ask(zhangwei)
    Conversation.objects.update(status="bot")
    for _ in range(2):
        response = client_of(zhangwei).post(url("handoff", conversation), **HTMX)
        assert response.status_code == 200
        assert 'data-status="queued"' in response.content.decode()
    assert Message.objects.filter(notice="handed_off").count() == 1


# The page's own parts -------------------------------------------------------------------------------------------------


def test_all_modules_of_the_page_are_asked_for_at_once(zhangwei):
    folder = Path(django_settings.BASE_DIR) / "static" / "js"
    needed, found = set(), {"desk.js"}
    while found:
        name = found.pop()
        imported = set(re.findall(r'from "\./([\w.]+)"', (folder / name).read_text(encoding="utf-8")))
        found |= imported - needed
        needed |= imported
    preloaded = re.findall(r'rel="modulepreload" href="/static/js/([\w.]+)"', page_of(zhangwei))
    assert sorted(preloaded) == sorted(needed)
