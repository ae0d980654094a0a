"""Administrators set up the desk and look at everything; what was said stays as it was said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations.admin import INLINE_ROWS
from conversations.commands import feedback, lifecycle
from conversations.commands.imports import Step, Story, import_conversation
from conversations.commands.setup import init_desk
from conversations.models import CannedReply, Category, Conversation, DeskWords, Event, Feedback, Group, Message

pytestmark = pytest.mark.django_db
READ_ONLY = [Conversation, Message, Event]
EDITABLE = [Group, Category, CannedReply, DeskWords]


def address(model, page, *args):
    return reverse(f"admin:conversations_{model._meta.model_name}_{page}", args=args)


def told(employee, agent, key, lines=2):
    at = timezone.now() - timedelta(days=1)
    steps = [Step(at, "says", employee, f"打印机连不上 {key}"), Step(at, "claims", agent)]
    steps += [Step(at, "answers", agent, f"第 {number} 次回复") for number in range(lines)]
    return import_conversation(Story(key, employee, steps, Category.objects.filter(code="printer").first()))


@pytest.fixture
def desk(client, zhaomin, zhangwei, wangqiang):
    init_desk()
    Group.objects.create(name="桌面组").agents.add(wangqiang)
    told(zhangwei, wangqiang, "one")
    client.force_login(zhaomin, backend="accounts.backends.WecomBackend")
    return client


@pytest.mark.parametrize("model", READ_ONLY + EDITABLE)
def test_an_administrator_opens_every_list_and_page(desk, model):
    assert desk.get(address(model, "changelist"), follow=True).status_code == 200
    assert desk.get(address(model, "change", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("who", ["zhangwei", "wangqiang"])
def test_nobody_else_opens_them(desk, request, who):
    desk.force_login(request.getfixturevalue(who), backend="accounts.backends.WecomBackend")
    for model in READ_ONLY + EDITABLE:
        assert desk.get(address(model, "changelist")).status_code in {302, 403, 404}


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_was_said_cannot_be_changed_added_or_deleted(desk, model):
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    posts = [("change", [row.pk]), ("delete", [row.pk]), ("add", [])]
    for page, args in posts:
        answer = desk.post(
            address(model, page, *args), {"content": "改过的", "subject": "改过的", "kind": "x", "post": "yes"}
        )
        assert answer.status_code == 403, page
    desk.post(address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert list(model.objects.order_by("pk").values()) == before


def test_a_conversation_shows_what_was_said_and_what_happened(desk):
    page = desk.get(address(Conversation, "change", Conversation.objects.first().pk)).content.decode()
    for words in ("打印机连不上 one", "王强 已接待，正在为您处理", "第 1 次回复", "王强 接待", "王强 发出消息"):
        assert words in page


def test_a_long_conversation_shows_its_newest_lines_and_the_way_to_all(desk, zhangwei, wangqiang):
    long = told(zhangwei, wangqiang, "long", lines=INLINE_ROWS + 20)
    page = desk.get(address(Conversation, "change", long.pk)).content.decode()
    assert f"第 {INLINE_ROWS + 19} 次回复" in page
    assert "第 3 次回复" not in page
    everything = desk.get(address(Message, "changelist"), {"conversation__id__exact": str(long.pk)}).content.decode()
    assert "第 3 次回复" in everything
    assert "第 0 次回复" in everything


@pytest.mark.parametrize(("words", "found"), [("张伟", 1), ("ZHANGWEI", 1), ("打印机", 1), ("李娜", 0)])
def test_it_finds_by_name_userid_and_subject(desk, words, found):
    answer = desk.get(address(Conversation, "changelist"), {"q": words})
    assert answer.context["cl"].result_count == found


def test_it_filters_by_status_group_category_and_date(desk):
    category = Category.objects.get(code="printer")
    for chosen, found in [
        ({"status__exact": "assigned"}, 1),
        ({"status__exact": "queued"}, 0),
        ({"category__id__exact": category.pk}, 1),
        ({"group__id__exact": Group.objects.first().pk}, 0),
        ({"created_at__gte": str(timezone.now() + timedelta(days=1))}, 0),
    ]:
        assert desk.get(address(Conversation, "changelist"), chosen).context["cl"].result_count == found, chosen


@pytest.mark.parametrize("model", READ_ONLY + [Group, Category, CannedReply])
def test_a_longer_list_needs_no_more_queries(desk, model, zhangwei, wangqiang, lina):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            desk.get(address(model, "changelist"))
        return len(caught)

    few = queries()
    for number in range(5):
        told(lina, wangqiang, f"more {number}")
        Group.objects.create(name=f"组 {number}").agents.add(wangqiang)
    assert queries() == few


def test_a_longer_conversation_needs_no_more_queries(desk, zhangwei, wangqiang):
    def queries(conversation):
        with CaptureQueriesContext(connection) as caught:
            desk.get(address(Conversation, "change", conversation.pk))
        return len(caught)

    assert queries(told(zhangwei, wangqiang, "short")) == queries(told(zhangwei, wangqiang, "longer", lines=40))


def test_the_words_of_the_desk_are_one_row_that_stays(desk):
    assert desk.get(address(DeskWords, "changelist")).url == address(DeskWords, "change", 1)
    assert desk.post(address(DeskWords, "delete", 1), {"post": "yes"}).status_code == 403
    assert desk.get(address(DeskWords, "add")).status_code == 403
    answer = desk.post(address(DeskWords, "change", 1), {"greeting": "有事请说", "greeting_en": "Hello"})
    assert answer.status_code == 302
    assert DeskWords.objects.get(pk=1).greeting == "有事请说"


def test_a_group_takes_agents_only(desk, zhangwei, liyang):
    group = Group.objects.get()
    desk.post(address(Group, "change", group.pk), {"name": "桌面组", "agents": [liyang.pk]})
    assert list(group.agents.all()) == [liyang]
    refused = desk.post(address(Group, "change", group.pk), {"name": "桌面组", "agents": [zhangwei.pk]})
    assert refused.status_code == 200
    assert list(group.agents.all()) == [liyang]


def test_ratings_are_a_list_to_look_at(desk, zhangwei, wangqiang):
    conversation = lifecycle.resolve(Conversation.objects.get().pk, by=wangqiang)
    feedback.rate(conversation.pk, by=zhangwei, epoch=conversation.epoch, score=1, words="等得太久")
    page = desk.get(address(Feedback, "changelist")).content.decode()
    assert "等得太久" in page
    assert "不满意" in page
    change = address(Feedback, "change", Feedback.objects.get().pk)
    assert desk.get(change).status_code == 200
    assert desk.post(change, {"score": "3"}).status_code == 403
    assert desk.get(address(Feedback, "add")).status_code == 403
    assert Feedback.objects.get().score == 1
