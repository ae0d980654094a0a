"""Agents hear in WeCom of what nobody looks at: each occasion once, quiet at the console and in their quiet hours."""

import uuid
from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import roles
from conversations.commands.alerts import save_alert_settings, see_console
from conversations.commands.feedback import urge
from conversations.commands.lifecycle import claim, release, resolve, transfer
from conversations.commands.messages import post_message, post_reply
from conversations.mentions import mentioned
from conversations.models import AlertSettings, Event
from conversations.presentation import message_html
from conversations.queries.alerts import quiet_seconds
from jobs.worker import run_due
from wecom import reasons, sending
from wecom.models import Delivery, Fault, Pause, SimulatedMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(wecom, zhangwei, wangqiang, liyang):
    return post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0].conversation


def later():
    run_due(timezone.now() + timedelta(seconds=30))


def phone(userid):
    found = SimulatedMessage.objects.filter(userid=userid).order_by("id")
    return [each.body["textcard"]["title"] for each in found]


def note(conversation, author, content):
    where = {"author": author, "conversation_id": conversation.pk, "internal": True}
    return post_reply(content=content, client_id=uuid.uuid4(), **where)[0]


def why(agent):
    return list(Delivery.objects.filter(person=agent).values_list("reason", flat=True))


NEW, MOVED, CALLED, URGED = "有新的请求在等待", "有一个请求转给了您", "有同事在备注里提到了您", "员工在催一个请求"


def test_a_new_request_rings_every_agent_when_nobody_looks(conversation, settings):
    later()
    assert phone("wangqiang") == phone("liyang") == [NEW]
    card = SimulatedMessage.objects.filter(userid="liyang").get().body["textcard"]
    assert card["description"] == "张伟 · 财务部：打印机连不上了"
    assert card["url"].startswith(f"{settings.SITE_URL}/agent/conversations/{conversation.pk}/?")


def test_it_rings_nobody_while_somebody_looks_at_the_console(conversation, wangqiang):
    see_console(wangqiang, True)
    later()
    assert phone("wangqiang") == phone("liyang") == []


def test_it_rings_again_when_nobody_looks_any_more_and_it_comes_back(conversation, wangqiang):
    see_console(wangqiang, True)
    claim(conversation.pk, by=wangqiang)
    later()
    see_console(wangqiang, False)
    release(conversation.pk, by=wangqiang)
    later()
    assert phone("liyang") == [NEW]


def test_it_rings_nobody_for_what_was_taken_meanwhile(conversation, wangqiang):
    claim(conversation.pk, by=wangqiang)
    later()
    assert phone("liyang") == []


def test_one_employee_cannot_ring_everybody_all_day(conversation, zhangwei, lina):
    """Thirty requests a minute for twenty agents would have taken the company's messages of a day in half an hour."""
    for number in range(5):
        post_message(author=zhangwei, content=f"又一个 {number}", client_id=uuid.uuid4(), new_topic=True)
    later()
    assert phone("liyang") == [NEW] * 3
    post_message(author=lina, content="邮箱登不上", client_id=uuid.uuid4())
    later()
    assert phone("liyang") == [NEW] * 4
    for asked in zhangwei.conversations.all():
        urge(asked.pk, by=zhangwei)
    later()
    assert phone("liyang") == [NEW] * 4
    Delivery.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    post_message(author=zhangwei, content="还有一个", client_id=uuid.uuid4(), new_topic=True)
    later()
    assert phone("liyang") == [NEW] * 5


def test_more_words_in_the_queue_ring_nobody_again(conversation, zhangwei):
    later()
    post_message(author=zhangwei, content="还是不行", client_id=uuid.uuid4())
    later()
    assert phone("liyang") == [NEW]


def test_an_agent_hears_of_what_was_handed_to_them_once(conversation, wangqiang, liyang):
    claim(conversation.pk, by=wangqiang)
    transfer(conversation.pk, by=wangqiang, to=liyang)
    later()
    later()
    assert (phone("wangqiang"), phone("liyang")) == ([], [MOVED])


def test_an_agent_hears_nothing_of_what_was_handed_on(conversation, wangqiang, liyang, zhaomin):
    claim(conversation.pk, by=wangqiang)
    transfer(conversation.pk, by=wangqiang, to=liyang)
    transfer(conversation.pk, by=wangqiang, to=zhaomin)
    later()
    assert (phone("liyang"), phone("zhaomin")) == ([], [MOVED])
    assert why(liyang) == [reasons.SETTLED]


@pytest.mark.parametrize("called", [False, True])
def test_who_is_no_agent_any_more_gets_no_card_that_waited(conversation, wangqiang, liyang, called):
    """An outage may last for hours: the card is written before it and would bring the employee's words after it."""
    Fault.objects.update_or_create(pk=1, defaults={"down": True})
    claim(conversation.pk, by=wangqiang)
    if called:
        note(conversation, wangqiang, "@李洋 看一下")
    else:
        transfer(conversation.pk, by=wangqiang, to=liyang)
    later()
    assert Delivery.objects.get(person=liyang).state == Delivery.State.QUEUED
    Fault.objects.update(down=False)
    Pause.objects.all().delete()
    roles.revoke(liyang, "agent", channel="admin")
    sending.drain()
    assert (phone("liyang"), why(liyang)) == ([], [reasons.UNWANTED])


def test_an_agent_at_the_console_is_left_alone(conversation, wangqiang, liyang):
    claim(conversation.pk, by=wangqiang)
    transfer(conversation.pk, by=wangqiang, to=liyang)
    see_console(liyang, True)
    later()
    assert (phone("liyang"), why(liyang)) == ([], [reasons.AT_CONSOLE])


def test_a_note_rings_whom_it_calls_and_tells_no_word_of_it(conversation, wangqiang, liyang, zhaomin):
    claim(conversation.pk, by=wangqiang)
    message = note(conversation, wangqiang, "@李洋 @zhaomin 他的电脑可能中毒，@王强 看过了")
    later()
    assert (phone("wangqiang"), phone("liyang"), phone("zhaomin")) == ([], [CALLED], [CALLED])
    assert "中毒" not in str(SimulatedMessage.objects.get(userid="liyang").body)
    [event] = Event.objects.filter(kind="note.mentioned")
    assert event.facts == {"message": str(message.pk), "agents": [liyang.pk, zhaomin.pk]}
    assert "提到了 李洋、赵敏" in message_html(message, "agents")


def test_an_answer_or_an_employee_calls_nobody(conversation, zhangwei, wangqiang, liyang):
    claim(conversation.pk, by=wangqiang)
    post_message(author=zhangwei, content="@李洋 在吗", client_id=uuid.uuid4())
    post_reply(author=wangqiang, conversation_id=conversation.pk, content="@李洋 在", client_id=uuid.uuid4())
    later()
    assert phone("liyang") == []


def test_an_urge_rings_the_owner(conversation, zhangwei, wangqiang, liyang):
    claim(conversation.pk, by=wangqiang)
    urge(conversation.pk, by=zhangwei)
    later()
    assert (phone("wangqiang"), phone("liyang")) == ([URGED], [])


def test_an_urge_that_was_served_rings_nobody(conversation, zhangwei, wangqiang):
    claim(conversation.pk, by=wangqiang)
    urge(conversation.pk, by=zhangwei)
    resolve(conversation.pk, by=wangqiang)
    later()
    assert phone("wangqiang") == []


def test_an_agent_hears_only_what_they_want(conversation, liyang):
    save_alert_settings(liyang, {"assigned"}, None)
    later()
    assert (phone("wangqiang"), phone("liyang"), why(liyang)) == ([NEW], [], [reasons.UNWANTED])


def test_quiet_hours_put_it_off_until_their_end(wecom, zhangwei, wangqiang, liyang):
    save_alert_settings(liyang, set(AlertSettings.KINDS), (time(22), time(8)))
    night = timezone.make_aware(datetime(2026, 12, 1, 23, 0))
    with time_machine.travel(night) as clock:
        asked = post_message(author=zhangwei, content="邮箱登不上", client_id=uuid.uuid4())[0]
        later()
        assert (phone("wangqiang"), phone("liyang")) == ([NEW], [])
        clock.move_to(night + timedelta(hours=9, minutes=1))
        run_due(timezone.now())
        assert phone("liyang") == [NEW]
        release(claim(asked.conversation_id, by=wangqiang).pk, by=wangqiang)


@pytest.mark.parametrize(
    ("begin", "end", "now", "seconds"),
    [
        (time(22), time(8), time(23), 9 * 3600),
        (time(22), time(8), time(7, 59), 60),
        (time(22), time(8), time(8), 0),
        (time(22), time(8), time(22), 10 * 3600),
        (time(12), time(13), time(12, 30), 1800),
        (time(12), time(13), time(13), 0),
        (time(9), time(9), time(9), 0),
        (None, None, time(3), 0),
    ],
)
def test_it_knows_how_long_it_is_quiet(begin, end, now, seconds):
    own = AlertSettings(quiet_from=begin, quiet_until=end)
    assert quiet_seconds(own, timezone.make_aware(datetime.combine(datetime(2026, 12, 1), now))) == seconds


class Person:
    def __init__(self, userid, name):
        self.userid, self.name = userid, name


@pytest.mark.parametrize(
    ("content", "called"),
    [
        ("@李洋看一下", ["liyang"]),
        ("＠LiYang, please", ["liyang"]),
        ("@王强东 和 @王强", ["wqd", "wq"]),
        ("@liyangs or a@liyang2", []),
        ("@liyang。@liyang", ["liyang"]),
        ("李洋", []),
    ],
)
def test_it_reads_who_is_called(content, called):
    people = [Person("liyang", "李洋"), Person("wq", "王强"), Person("wqd", "王强东"), Person("x", "")]
    assert [each.userid for each in mentioned(content, people)] == called


def test_an_agent_saves_their_own_settings_on_a_page(client, wangqiang):
    client.force_login(wangqiang, backend="accounts.backends.WecomBackend")
    form = {"kind": ["assigned", "urged"], "quiet": "on", "quiet_from": "21:30", "quiet_until": "07:00"}
    assert client.post("/agent/alerts", form).status_code == 302
    own = AlertSettings.objects.get(user=wangqiang)
    assert (own.queued, own.assigned, own.mentioned, own.urged) == (False, True, False, True)
    assert (own.quiet_from, own.quiet_until) == (time(21, 30), time(7))
    page = client.get("/agent/alerts?saved=1").content.decode()
    assert 'value="21:30"' in page
    assert client.post("/agent/alerts", {"kind": "everything"}).status_code == 422
    assert client.post("/agent/alerts", {"quiet": "on", "quiet_from": "x"}).status_code == 422
