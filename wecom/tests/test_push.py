"""One card for one answer to an absent employee, never in the request, never twice (RELIABILITY R6)."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.commands.messages import post_message, post_reply
from conversations.commands.reading import mark_read
from jobs.models import Job
from jobs.worker import run_due
from wecom import exchange, push, sending
from wecom.card import card_for, cut
from wecom.client import Client
from wecom.later import TryLater
from wecom.models import Delivery, SendingLine, SimulatedCall, SimulatedMessage

from .conftest import at_once

State, Fate = Delivery.State, SimulatedMessage.Fate

pytestmark = pytest.mark.django_db  # transactional where `wecom`, a live server, takes part


@pytest.fixture
def conversation(wecom, zhangwei):
    return post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0].conversation


@pytest.fixture
def reply(conversation, wangqiang):
    """`reply("好了")` posts an answer of 王强."""

    def post(content, **more):
        return post_reply(
            author=wangqiang, conversation_id=conversation.pk, content=content, client_id=uuid.uuid4(), **more
        )[0]

    return post


def later(**time):
    return timezone.now() + timedelta(**(time or {"seconds": 6}))


def arrived(userid="zhangwei"):
    return list(SimulatedMessage.objects.filter(userid=userid, fate=Fate.ARRIVED).order_by("id"))


def left_behind(message, **facts):
    """The ledger's row of a card that an earlier worker did not finish."""
    row = sending.enlist(
        message.conversation.employee, f"answer:{message.pk}", card_for(message), kind="answer", message=message
    )
    Delivery.objects.filter(pk=row.pk).update(**facts)


def test_it_sends_one_card_with_the_true_text_and_the_way_to_the_message(reply, settings):
    message = reply("您好，驱动已经重新装好了")
    run_due(later())
    [card] = arrived()
    assert card.body["textcard"] == {
        "title": "王强 回复了您",
        "description": "您好，驱动已经重新装好了",
        "url": f"{settings.SITE_URL}/itdesk/c/{message.conversation_id}/?m={message.seq}",
        "btntxt": "查看",
    }
    assert (card.body["enable_duplicate_check"], card.body["duplicate_check_interval"]) == (1, 14400)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.msgid) == (State.SENT, 1, card.msgid)


def test_it_waits_for_the_page_before_it_sends(reply):
    reply("好了")
    run_due(timezone.now())
    assert arrived() == []


def test_it_sends_two_equal_answers_as_two_cards(reply):
    reply("ok")
    run_due(later())
    reply("ok")
    run_due(later())
    assert len(arrived()) == 2


def test_it_stays_quiet_when_the_page_has_shown_the_message(reply, conversation, zhangwei):
    message = reply("好了")
    mark_read(conversation.pk, by=zhangwei, seq=message.seq, audience="employee")
    run_due(later())
    assert arrived() == []
    assert Delivery.objects.get().state == State.SUPPRESSED


def test_it_sends_when_only_an_earlier_message_was_seen(reply, conversation, zhangwei):
    first = reply("好了")
    mark_read(conversation.pk, by=zhangwei, seq=first.seq, audience="employee")
    reply("还有一件事")
    run_due(later())
    assert [card.body["textcard"]["description"] for card in arrived()] == ["还有一件事"]


def test_it_never_tells_of_an_internal_note(reply):
    note = reply("用户电脑可能中毒", internal=True)
    push.notify(str(note.pk))
    run_due(later())
    assert arrived() == []
    assert not Delivery.objects.exclude(request="").exists()


def test_it_leaves_a_deactivated_employee_alone(reply, zhangwei):
    reply("好了")
    zhangwei.is_active = False
    zhangwei.save(update_fields=["is_active"])
    run_due(later())
    assert arrived() == []
    assert Delivery.objects.get().state == State.SUPPRESSED


def test_it_says_for_good_when_the_member_cannot_be_reached(reply, zhangwei):
    reply("好了")
    zhangwei.userid = "sunlei"
    zhangwei.save(update_fields=["userid"])
    run_due(later())
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.FAILED, 1)
    assert "可见范围" in delivery.why
    assert Job.objects.get(name="notify_employee").state == Job.State.DONE


@pytest.mark.parametrize("switch", ["down", "busy", "limited"])
def test_it_sends_when_wecom_is_back(reply, faults, switch):
    faults(**{switch: True})
    reply("好了")
    run_due(later())
    assert (arrived(), Delivery.objects.get().state) == ([], State.QUEUED)
    faults(**{switch: False})
    run_due(later(minutes=20))
    assert len(arrived()) == 1
    assert Delivery.objects.get().state == State.SENT


def test_it_is_no_concern_of_the_agents_request(client, conversation, wangqiang, faults, monkeypatch):
    faults(down=True)
    monkeypatch.setattr(exchange, "_session", lambda: pytest.fail("WeCom was called inside the request"))
    client.force_login(wangqiang, backend="accounts.backends.WecomBackend")
    answer = client.post(
        f"/agent/conversations/{conversation.pk}/messages",
        {"client_id": str(uuid.uuid4()), "msg_type": "text", "content": "好了"},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 201
    assert Job.objects.filter(name="notify_employee").count() == 1


def test_it_repeats_the_same_bytes_when_the_answer_was_lost(reply, faults, monkeypatch):
    Client().user("zhangwei")
    message = reply("好了")
    monkeypatch.setattr(exchange, "TIMEOUTS", (3.05, 0.2))
    faults(slow_seconds=0.6)
    run_due(later())
    delivery = Delivery.objects.get()
    assert (delivery.state, len(arrived())) == (State.QUEUED, 1)
    assert delivery.uncertain_since
    faults(slow_seconds=0)
    type(message).objects.filter(pk=message.pk).update(content="改过的文字")
    run_due(later(minutes=20))
    assert Delivery.objects.get().state == State.SENT
    fates = SimulatedMessage.objects.order_by("id").values_list("fate", "request_digest")
    assert [fate for fate, _ in fates] == [Fate.ARRIVED, Fate.DUPLICATE]
    assert len({digest for _, digest in fates}) == 1


def test_it_does_not_repeat_a_doubtful_card_after_wecom_has_forgotten_it(reply):
    message = reply("好了")
    left_behind(message, uncertain_since=timezone.now() - timedelta(hours=4))
    run_due(later())
    assert (arrived(), Delivery.objects.get().state) == ([], State.FAILED)


def test_it_gives_up_after_a_day(reply):
    message = reply("好了")
    left_behind(message, created_at=timezone.now() - timedelta(hours=25))
    run_due(later())
    assert (arrived(), Delivery.objects.get().state) == ([], State.FAILED)


def test_it_sends_one_card_when_six_workers_have_the_same_job(reply):
    message = reply("好了")
    results = at_once(6, lambda _: push.notify(str(message.pk)))
    assert all(result is None or isinstance(result, TryLater) for result in results), results
    # Not only that one arrived: WeCom was asked once.
    assert SimulatedMessage.objects.count() == 1
    assert Delivery.objects.get().attempts == 1
    push.notify(str(message.pk))
    assert SimulatedMessage.objects.count() == 1


def test_it_takes_over_the_card_of_a_worker_that_died(reply):
    message = reply("好了")
    past = timezone.now() - timedelta(minutes=2)
    person = message.conversation.employee
    left_behind(message, attempts=1, tried_at=past, uncertain_since=past)
    SendingLine.objects.create(person=person, lease_owner="dead", lease_until=past)
    run_due(later())
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.uncertain_since) == (State.SENT, past)


def test_it_fetches_a_new_token_on_the_way(reply, faults):
    Client().user("zhangwei")
    faults(stale_once=True)
    reply("好了")
    run_due(later())
    assert len(arrived()) == 1
    assert SimulatedCall.objects.filter(api="gettoken").count() == 2


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("第一行\n\n第二行", "第一行 第二行"),
        ("字" * 300, "字" * 119 + "…"),
        ("😀" * 300, "😀" * 119 + "…"),
        ("a < b，<b>粗</b>", "a < b，＜b>粗＜/b>"),
    ],
)
def test_it_shows_the_text_shortened_and_harmless(reply, content, shown):
    card = card_for(reply(content))["textcard"]
    assert card["description"] == shown
    assert len(card["description"].encode()) <= 512


@pytest.mark.parametrize("most", range(3, 20))
def test_it_never_cuts_a_character(most):
    assert len(cut("中文😀abc", most).encode()) <= most
    json.dumps(cut("中文😀abc", most)).encode()


def test_an_administrator_sees_what_became_of_it_and_changes_nothing(client, reply, zhaomin, faults):
    faults(limited=True)
    reply("好了")
    run_due(later())
    client.force_login(zhaomin, backend="accounts.backends.WecomBackend")
    page = client.get("/admin/wecom/delivery/")
    assert page.status_code == 200
    assert "45009" in page.content.decode()
    address = f"/admin/wecom/delivery/{Delivery.objects.get().pk}/change/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"state": "sent"}).status_code == 403
    assert client.get("/admin/wecom/delivery/add/").status_code == 403
