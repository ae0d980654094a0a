"""WeCom sends again what it thinks was lost, and others may send what they have caught: kept once, and answered each time."""

import time

import pytest

from jobs.models import Job
from wecom import envelope
from wecom.inbound import receiving, registry
from wecom.models import Inbound

from .callbacks import Phone, is_refused, xml
from .conftest import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(settings):
    return Phone(settings)


def test_of_50_replays_all_are_answered_and_one_is_kept(phone):
    envelope_ = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    assert {phone.send(*envelope_).status_code for _ in range(50)} == {200}
    assert (Inbound.objects.count(), Job.objects.filter(name=receiving.RECEIVE).count()) == (1, 1)


def test_a_replay_in_another_wrapping_is_the_same_message(phone):
    """The outer AgentID is not signed: as part of what makes a message, it would make a new one of each copy."""
    query, body = phone.envelope(xml({
        "ToUserName": phone.corp, "FromUserName": "zhangwei", "CreateTime": str(int(time.time())),
        "MsgType": "text", "Content": "x", "MsgId": "1",
    }))  # fmt: skip
    for agent in range(20):
        assert phone.send(query, body.replace("1000002", str(agent))).status_code == 200
    assert Inbound.objects.count() == 1


def test_a_replay_after_the_window_is_refused_although_it_is_known(phone, monkeypatch):
    envelope_ = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    phone.send(*envelope_)
    monkeypatch.setattr(envelope, "clock", lambda: time.time() + envelope.WINDOW + 5)
    assert is_refused(phone.send(*envelope_))


def test_a_retry_that_is_sealed_anew_is_the_same_message(phone):
    plain = phone.message("zhangwei", "text", Content="x")
    for second in range(3):
        assert phone.send(*phone.envelope(plain, at=time.time() + second, nonce=f"nonce{second}")).status_code == 200
    assert Inbound.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_three_equal_posts_at_once_one_is_kept(phone):
    envelope_ = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    answers = at_once(3, lambda _number: phone.send(*envelope_).status_code)
    assert answers == [200, 200, 200]
    assert (Inbound.objects.count(), Job.objects.filter(name=receiving.RECEIVE).count()) == (1, 1)


def test_one_message_id_of_two_people_is_two_messages(phone):
    for userid in ("zhangwei", "lina", "ZhangWei"):
        phone.post(phone.message(userid, "text", Content="x", MsgId="7300000000000000000"))
    assert sorted(Inbound.objects.values_list("userid", flat=True)) == ["lina", "zhangwei"]


def test_different_events_of_one_second_are_all_kept(phone, monkeypatch):
    for name in ("enter_agent", "template_card_event", "change_contact"):
        monkeypatch.setitem(registry.handlers, ("event", name), lambda entry: None)
    at = str(int(time.time()))
    card = {"EventKey": "solved", "TaskId": "task@1", "CardType": "button_interaction", "ResponseCode": "code1"}
    events = [
        phone.event("zhangwei", "enter_agent", CreateTime=at, EventKey=""),
        phone.event("lina", "enter_agent", CreateTime=at, EventKey=""),
        *(phone.event("zhangwei", "template_card_event", CreateTime=at, **{**card, **other}) for other in (
            {}, {"EventKey": "unsolved"}, {"TaskId": "task@2"}, {"ResponseCode": "code2"},
        )),
        *(phone.event("sys", "change_contact", CreateTime=at, **news) for news in (
            {"ChangeType": "update_user", "UserID": "zhangwei"}, {"ChangeType": "update_user", "UserID": "lina"},
            {"ChangeType": "delete_user", "UserID": "lina"}, {"ChangeType": "update_party", "Id": "2"},
        )),
    ]  # fmt: skip
    for _copy in range(3):
        for event in events:
            assert phone.post(event).status_code == 200
    assert Inbound.objects.count() == len(events)


def test_an_event_that_nobody_wants_is_answered_and_not_kept(phone):
    for name in ("LOCATION", "view", "subscribe", "share_agent_change", "an_event_of_next_year"):
        assert phone.does("zhangwei", name, Latitude="39.9").status_code == 200
    assert not Inbound.objects.exists()
