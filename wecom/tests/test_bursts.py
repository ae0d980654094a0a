"""Several answers within seconds are one card that says how many; each has its line in the ledger (PRODUCT 2.9)."""

import contextlib
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.commands.messages import post_message, post_reply
from conversations.commands.reading import mark_read
from jobs import faults as moments
from jobs.worker import run_due
from wecom import pace, push, reasons, sending
from wecom.models import Delivery, DeliveryTry, SendingLine, SimulatedMessage

from .conftest import at_once

State, Fate = Delivery.State, SimulatedMessage.Fate
pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(wecom, zhangwei):
    return post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0].conversation


@pytest.fixture
def reply(conversation, wangqiang):
    def post(content):
        where = {"author": wangqiang, "conversation_id": conversation.pk}
        return post_reply(content=content, client_id=uuid.uuid4(), **where)[0]

    return post


def later(**time):
    return timezone.now() + timedelta(**(time or {"seconds": 6}))


def cards():
    arrived = SimulatedMessage.objects.filter(userid="zhangwei", fate=Fate.ARRIVED).order_by("id")
    return [(each.body["textcard"]["title"], each.body["textcard"]["description"]) for each in arrived]


def rows(*messages):
    ledger = {row.message_id: row for row in Delivery.objects.all()}
    assert set(ledger) == {each.pk for each in messages}
    return [ledger[each.pk] for each in messages]


def expect_one_card_for(*messages):
    assert cards() == [(f"王强 回复了您 · {len(messages)} 条新消息", messages[-1].content)]
    *others, card = rows(*messages)
    assert (card.state, card.attempts) == (State.SENT, 1)
    for each in others:
        assert (each.state, each.reason, each.covered_by_id) == (State.SUPPRESSED, reasons.COALESCED, card.pk)


def test_it_makes_one_card_of_a_burst_with_its_last_line(reply):
    burst = [reply(words) for words in ("您好", "请重启打印机", "再试一次")]
    run_due(later())
    expect_one_card_for(*burst)


def test_it_makes_another_card_of_what_comes_after_it(reply):
    reply("您好")
    run_due(later())
    reply("请重启打印机")
    run_due(later())
    assert cards() == [("王强 回复了您", "您好"), ("王强 回复了您", "请重启打印机")]


def test_it_counts_only_what_the_page_has_not_shown(reply, conversation, zhangwei):
    first, *others = [reply(words) for words in ("您好", "请重启打印机", "再试一次")]
    mark_read(conversation.pk, by=zhangwei, shown=first.seq, audience="employee")
    run_due(later())
    assert cards() == [("王强 回复了您 · 2 条新消息", "再试一次")]
    assert [row.reason for row in rows(first, *others)] == [reasons.SEEN, reasons.COALESCED, ""]


def test_it_makes_one_card_when_each_message_has_a_worker(reply):
    burst = [reply(words) for words in ("您好", "请重启打印机", "再试一次")]
    at_once(3, lambda number: push.notify(str(burst[number].pk)))
    run_due(later())
    expect_one_card_for(*burst)


def test_a_late_job_of_the_first_message_finds_it_told_already(reply):
    burst = [reply(words) for words in ("您好", "请重启打印机")]
    push.notify(str(burst[1].pk))
    push.notify(str(burst[0].pk))
    expect_one_card_for(*burst)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("moment", ["m11", "m12"])
def test_it_loses_none_when_the_worker_is_killed(reply, monkeypatch, moment):
    burst = [reply(words) for words in ("您好", "请重启打印机", "再试一次")]

    def die(reached):
        if reached == moment:
            raise Killed

    with monkeypatch.context() as dead, contextlib.suppress(Killed):
        dead.setattr(moments, "at", die)
        dead.setattr(pace, "leave_line", lambda *_: None)
        run_due(later())
    assert cards() == []
    SendingLine.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_due(later(minutes=20))
    assert cards() == [("王强 回复了您 · 3 条新消息", "再试一次")]
    assert [row.state for row in rows(*burst)] == [State.SUPPRESSED, State.SUPPRESSED, State.SENT]


def test_it_sends_no_more_than_twenty_a_minute_and_the_rest_in_order(reply):
    said = [str(number) for number in range(25)]
    for words in said:
        message = reply(words)
        with contextlib.suppress(sending.TryLater):
            push.notify(str(message.pk))
    assert [text for _, text in cards()] == said[:20]
    assert {row.reason for row in Delivery.objects.filter(state=State.QUEUED)} <= {reasons.PACED, ""}
    sending.drain()
    assert len(cards()) == 20
    DeliveryTry.objects.update(at=timezone.now() - timedelta(seconds=61))
    sending.drain()
    assert [text for _, text in cards()] == said
    assert not SimulatedMessage.objects.exclude(fate=Fate.ARRIVED).exists()


def test_it_ends_the_day_at_its_cap_and_goes_on_the_next(reply, settings):
    settings.WECOM_DAILY_MESSAGES = 2
    for words in ("一", "二", "三"):
        message = reply(words)
        with contextlib.suppress(sending.TryLater):
            push.notify(str(message.pk))
    assert [text for _, text in cards()] == ["一", "二"]
    assert Delivery.objects.get(state=State.QUEUED).reason == reasons.DAILY_CAP
    DeliveryTry.objects.update(at=timezone.now() - timedelta(days=1))
    sending.drain()
    assert [text for _, text in cards()] == ["一", "二", "三"]


def test_an_outage_loses_nothing_and_keeps_the_order(reply, faults):
    faults(down=True)
    said = [str(number) for number in range(12)]
    for words in said:
        reply(words)
        run_due(later())
        sending.drain()
    assert cards() == []
    # While WeCom is away one message asks for all.
    assert DeliveryTry.objects.count() < len(said)
    faults(down=False)
    sending.drain()
    assert [text for _, text in cards()] == said
