"""Answering inside WeCom: a tap counts once, for its own resolution and its own employee, and the card tells the truth."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.commands import feedback, lifecycle
from conversations.commands.messages import post_message
from conversations.commands.reading import mark_read
from conversations.models import Conversation, Feedback
from jobs.queue import RetryLater
from jobs.worker import run_due
from wecom.cards import waiting
from wecom.cards.card_buttons import card_buttons
from wecom.cards.tasks import Task
from wecom.models import Delivery, Inbound, SimulatedMessage, SimulatedResponse
from wecom.simulator.sending import issue_response_code

from .callbacks import Phone
from .conftest import at_once

State = Delivery.State

pytestmark = pytest.mark.django_db  # transactional where `wecom`, a live server, takes part


@pytest.fixture
def phone(wecom, settings):
    return Phone(settings)


@pytest.fixture
def conversation(wecom, zhangwei, wangqiang):
    asked = post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0].conversation
    return lifecycle.claim(asked.pk, by=wangqiang)


@pytest.fixture
def solved(conversation, wangqiang):
    """Resolved, and its employee who is away has the card."""
    done = lifecycle.resolve(conversation.pk, by=wangqiang)
    run_due(later())
    return done


def later(**time):
    return timezone.now() + timedelta(**(time or {"seconds": 6}))


def sent(userid="zhangwei"):
    return list(SimulatedMessage.objects.filter(userid=userid).order_by("id"))


def shown(message):
    """What the card says on the phone now."""
    message.refresh_from_db()
    return message.card or message.body[message.body["msgtype"]]


def buttons(message):
    return {each["key"]: each["text"] for each in shown(message).get("button_list", [])}


def taps(phone, message, key, userid="zhangwei", **more):
    """A tap as WeCom tells of it; works off the jobs."""
    fields = {
        "EventKey": key,
        "TaskId": message.task_id,
        "CardType": "button_interaction",
        "ResponseCode": issue_response_code(message.msgid),
        **more,
    }
    answer = phone.does(userid, "template_card_event", **fields)
    assert (answer.status_code, answer.content) == (200, b"")
    run_due(later())
    return fields["ResponseCode"]


def outcomes():
    return list(Inbound.objects.order_by("id").values_list("outcome", flat=True))


# Sent -----------------------------------------------------------------------------------------------------------------


def test_who_is_away_gets_one_card_with_two_buttons(solved, settings):
    [card] = sent()
    assert card.body["template_card"] == {
        "card_type": "button_interaction",
        "source": {"desc": "IT 服务台", "desc_color": 0},
        "main_title": {"title": "解决了吗？", "desc": "王强 已将请求标记为已解决"},
        "sub_title_text": "打印机连不上了",
        "task_id": f"solved-{solved.pk.hex}-{solved.epoch}",
        "button_list": [
            {"text": "已解决", "style": 1, "key": "solved"},
            {"text": "没解决", "style": 2, "key": "unsolved"},
        ],
        "card_action": {
            "type": 1,
            "url": f"{settings.SITE_URL}/itdesk/c/{solved.pk}/?m={solved.last_public_seq}",
        },
    }
    run_due(later(minutes=5))
    assert len(sent()) == 1


def test_who_saw_it_on_the_page_gets_none(conversation, zhangwei, wangqiang):
    done = lifecycle.resolve(conversation.pk, by=wangqiang)
    mark_read(done.pk, by=zhangwei, seq=done.last_public_seq, audience="employee")
    run_due(later())
    assert sent() == []
    assert Delivery.objects.get(key__startswith="card:").state == State.SUPPRESSED


def test_who_answered_on_the_page_gets_none(conversation, zhangwei, wangqiang):
    done = lifecycle.resolve(conversation.pk, by=wangqiang)
    feedback.confirm_solved(done.pk, by=zhangwei, epoch=done.epoch)
    run_due(later())
    assert sent() == []


def test_what_was_opened_again_meanwhile_is_not_asked_about(conversation, wangqiang):
    lifecycle.resolve(conversation.pk, by=wangqiang)
    lifecycle.reopen(conversation.pk, by=wangqiang)
    run_due(later())
    assert sent() == []


@pytest.mark.parametrize("known", [True, False])
def test_without_a_callback_it_is_an_ordinary_card(conversation, wangqiang, settings, faults, known):
    if known:
        settings.WECOM_CALLBACK_TOKEN = ""
    else:
        faults(rules={"callback_on": "no"})  # we believe to have one; WeCom does not
    lifecycle.resolve(conversation.pk, by=wangqiang)
    run_due(later())
    [card] = sent()
    assert card.body["msgtype"] == "textcard"
    assert card.body["textcard"]["title"] == "解决了吗？"
    assert f"/itdesk/c/{conversation.pk}/?m=" in card.body["textcard"]["url"]


def test_every_text_of_a_card_is_as_short_as_wecom_wants(zhangwei, wangqiang, wecom):
    wangqiang.name = "王" * 64
    wangqiang.save(update_fields=["name"])
    asked = post_message(author=zhangwei, content="长" * 5000, client_id=uuid.uuid4())[0].conversation
    lifecycle.resolve(lifecycle.claim(asked.pk, by=wangqiang).pk, by=wangqiang)
    run_due(later())
    card = sent()[0].body["template_card"]
    assert len(card["main_title"]["title"]) <= 36
    assert len(card["main_title"]["desc"]) <= 44
    assert len(card["sub_title_text"]) <= 160


# Tapped ---------------------------------------------------------------------------------------------------------------


def test_solved_and_one_face_are_two_taps_without_opening_the_page(phone, solved):
    [card] = sent()
    taps(phone, card, "solved")
    assert shown(card)["main_title"]["title"] == "这次处理怎么样？"
    assert buttons(card) == {"rate-3": "满意", "rate-2": "一般", "rate-1": "不满意"}
    taps(phone, card, "rate-3")
    assert shown(card)["main_title"] == {"title": "谢谢，评价已记下", "desc": "评价：满意"}
    assert buttons(card) == {}
    said = Feedback.objects.get()
    assert (said.verdict, said.score) == ("solved", 3)
    assert outcomes() == ["solved", "rate-3"]
    assert len(sent()) == 1


def test_not_solved_puts_it_back_and_offers_to_hurry(phone, solved):
    [card] = sent()
    taps(phone, card, "unsolved")
    present = Conversation.objects.get()
    assert (present.status, present.assigned_agent) == ("queued", None)
    assert shown(card)["main_title"]["title"] == "排队中，第 1 位"
    taps(phone, card, "urge")
    assert Conversation.objects.get().is_urged
    assert "后可再催" in shown(card)["main_title"]["desc"]


def test_a_double_tap_counts_once(phone, solved):
    [card] = sent()
    same = {"ResponseCode": issue_response_code(card.msgid), "CreateTime": str(int(timezone.now().timestamp()))}
    for _ in range(2):
        taps(phone, card, "solved", **same)  # WeCom's own repetition
    taps(phone, card, "solved")  # WeCom gives a second tap a code of its own
    assert solved.events.filter(kind="resolution.confirmed").count() == 1
    assert outcomes() == ["solved", "solved"]
    assert Feedback.objects.count() == 1
    assert Delivery.objects.filter(kind="card_update").count() == 2
    assert len(sent()) == 1


def test_the_second_face_of_a_double_tap_changes_nothing(phone, solved):
    [card] = sent()
    taps(phone, card, "solved")
    taps(phone, card, "rate-3")
    taps(phone, card, "rate-1")
    assert Feedback.objects.get().score == 3
    assert "满意" in shown(card)["main_title"]["desc"]


@pytest.mark.parametrize("userid", ["lina", "wangqiang", "nobody", "../zhangwei", "zhaomin"])
@pytest.mark.usefixtures("lina", "zhaomin")
def test_the_tap_of_anybody_else_does_nothing(phone, solved, userid):
    [card] = sent()
    taps(phone, card, "solved", userid=userid)
    assert not Feedback.objects.exists()
    assert outcomes() == ["foreign"]
    assert "解决了吗" in shown(card)["main_title"]["title"]
    assert not Delivery.objects.filter(kind__in=["card_update", "tap"]).exists()


@pytest.mark.parametrize("task", ["", "solved-1-1", "solved-" + "0" * 32 + "-1", "x" * 500, "waiting-zz-1"])
def test_a_task_that_is_not_ours_does_nothing(phone, solved, task):
    taps(phone, sent()[0], "solved", TaskId=task)
    assert outcomes() == ["foreign"]


@pytest.mark.parametrize("key", ["", "rate-9", "rate-", "drop table"])
def test_a_button_that_is_not_ours_only_refreshes_the_card(phone, solved, key):
    taps(phone, sent()[0], key)
    assert outcomes() == ["unknown_button"]
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("key", ["solved", "unsolved", "rate-1"])
def test_an_old_card_never_speaks_of_a_newer_resolution(phone, solved, zhangwei, wangqiang, key):
    [card] = sent()
    SimulatedMessage.objects.filter(pk=card.pk).update(greyed="")
    Delivery.objects.filter(key__startswith="card:").update(response_code="")  # as when the refresh came too late
    post_message(author=zhangwei, content="又不行了", client_id=uuid.uuid4(), conversation_id=solved.pk)
    newer = lifecycle.resolve(solved.pk, by=wangqiang)
    version = newer.version
    taps(phone, card, key)
    card.refresh_from_db()
    assert card.greyed == "已处理"
    newer.refresh_from_db()
    assert (newer.status, newer.version, newer.feedback) == ("resolved", version, None)
    assert outcomes() == ["over"]


def test_a_code_that_is_too_old_falls_back_to_the_link(phone, solved):
    [card] = sent()
    code = issue_response_code(card.msgid)
    SimulatedResponse.objects.filter(code=code).update(issued_at=timezone.now() - timedelta(hours=73))
    taps(phone, card, "solved", ResponseCode=code)
    assert Feedback.objects.get().verdict == "solved"
    [_, link] = sent()
    assert link.body["textcard"]["title"] == "这次处理怎么样？"
    assert Delivery.objects.get(kind="card_update").reason == "60140"
    run_due(later(minutes=10))
    assert len(sent()) == 2


def test_a_second_run_of_one_tap_changes_and_sends_nothing(phone, solved):
    [card] = sent()
    taps(phone, card, "solved")
    entry = Inbound.objects.get()
    calls = Delivery.objects.get(kind="card_update").attempts
    card_buttons(entry)
    assert entry.outcome == "solved"
    assert Delivery.objects.get(kind="card_update").attempts == calls == 1
    assert len(sent()) == 1


@pytest.mark.parametrize("hours", [-1, 1])  # 1: its clock was put back since
def test_a_worker_that_died_after_the_update_takes_its_code_for_used_by_itself(phone, solved, hours):
    [card] = sent()
    taps(phone, card, "solved")
    then = timezone.now() + timedelta(hours=hours)
    Delivery.objects.filter(kind="card_update").update(state=State.SUPPRESSED, tried_at=then)
    card_buttons(Inbound.objects.get())
    assert Delivery.objects.get(kind="card_update").state == State.SENT
    assert len(sent()) == 1


def test_while_wecom_is_away_the_tap_counts_and_the_card_follows(phone, solved, faults):
    [card] = sent()
    faults(busy=True)
    taps(phone, card, "unsolved")
    assert Conversation.objects.get().status == "queued"
    faults(busy=False)
    run_due(later(minutes=5))
    assert "排队" in shown(card)["main_title"]["title"]
    assert solved.events.filter(kind="resolution.denied").count() == 1


# The page, an agent, and the card at once -----------------------------------------------------------------------------


def test_what_is_said_on_the_page_changes_the_card(solved, zhangwei):
    [card] = sent()
    feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    run_due(later())
    assert shown(card)["main_title"]["title"] == "这次处理怎么样？"


def test_an_agent_who_opens_it_again_ends_the_card(solved, wangqiang):
    [card] = sent()
    lifecycle.reopen(solved.pk, by=wangqiang)
    run_due(later())
    card.refresh_from_db()
    assert card.greyed == "已处理"


def test_writing_again_ends_the_card(solved, zhangwei):
    [card] = sent()
    post_message(author=zhangwei, content="又不行了", client_id=uuid.uuid4(), conversation_id=solved.pk)
    run_due(later())
    card.refresh_from_db()
    assert card.greyed == "已处理"


@pytest.mark.django_db(transaction=True)
def test_page_and_card_at_once_count_once(phone, solved, zhangwei):
    [card] = sent()
    code = issue_response_code(card.msgid)
    phone.does("zhangwei", "template_card_event", EventKey="unsolved", TaskId=card.task_id, ResponseCode=code)
    entry = Inbound.objects.get()
    by_page = lambda: feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)  # noqa: E731
    results = at_once(4, lambda number: by_page() if number % 2 else card_buttons(entry))
    assert all(each is None or isinstance(each, Conversation | RetryLater) for each in results), results
    assert solved.events.filter(kind="resolution.denied").count() == 1
    assert Feedback.objects.count() == 1
    present = Conversation.objects.get()
    assert (present.status, present.epoch) == ("queued", solved.epoch + 1)


@pytest.mark.django_db(transaction=True)
def test_one_tap_in_the_hands_of_four_workers_counts_once(phone, solved):
    [card] = sent()
    taps_code = issue_response_code(card.msgid)
    phone.does("zhangwei", "template_card_event", EventKey="solved", TaskId=card.task_id, ResponseCode=taps_code)
    entry = Inbound.objects.get()
    results = at_once(4, lambda _: card_buttons(entry))
    assert all(each is None or isinstance(each, RetryLater) for each in results), results
    assert solved.events.filter(kind="resolution.confirmed").count() == 1
    assert shown(card)["main_title"]["title"] == "这次处理怎么样？"
    assert len(sent()) == 1


# Waiting --------------------------------------------------------------------------------------------------------------


def waited(conversation, **time):
    since = timezone.now() - timedelta(**time)
    conversation.refresh_from_db()
    conversation.waits(since)
    conversation.save(update_fields=["waiting_since", "order_at"])


def test_who_has_waited_long_gets_one_card_with_a_button_to_hurry(phone, conversation):
    waited(conversation, minutes=21)
    waiting.offer_to_urge()
    waiting.offer_to_urge()
    [card] = sent()
    assert shown(card)["main_title"]["title"] == "王强 正在处理"
    assert buttons(card) == {"urge": "催一下"}
    taps(phone, card, "urge")
    taps(phone, card, "urge")
    assert conversation.events.filter(kind="conversation.urged").count() == 1
    assert "后可再催" in shown(card)["main_title"]["desc"]
    assert outcomes() == ["urge", "too_soon"]


@pytest.mark.parametrize("time", [{"minutes": 19}, {"hours": 3}])
def test_who_has_not_waited_long_or_far_too_long_gets_none(conversation, time):
    waited(conversation, **time)
    waiting.offer_to_urge()
    assert sent() == []


def test_who_has_urged_already_gets_none(conversation, zhangwei):
    waited(conversation, minutes=25)
    feedback.urge(conversation.pk, by=zhangwei)
    waiting.offer_to_urge()
    assert sent() == []


# Names ----------------------------------------------------------------------------------------------------------------


def test_a_task_comes_back_as_it_went_and_fits_wecom():
    task = Task("waiting", uuid.uuid4(), 999_999_999)
    assert Task.read(str(task)) == task
    assert len(str(task)) <= 128
    assert Task.read(f"{task}x") is None
