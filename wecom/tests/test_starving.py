"""What fails for one person is no other person's wait, and after an outage nobody waits for a backoff of before."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conversations.attachments import stage
from conversations.commands.assistant import post_as_assistant
from conversations.commands.lifecycle import resolve
from conversations.commands.messages import post_message, post_reply
from conversations.models import AssistantSwitch, Message
from jobs.queue import enqueue_periodic
from jobs.worker import run_due
from wecom import sending
from wecom.cards import shapes, waiting
from wecom.models import Delivery, Fault, SimulatedMessage

State = Delivery.State
pytestmark = pytest.mark.django_db


def asked(person, origin="wecom"):
    words = {"content": "打印机连不上了", "client_id": uuid.uuid4()}
    return post_message(author=person, origin=origin, **words)[0].conversation


def answered(conversation, agent, content="", **more):
    where = {"author": agent, "conversation_id": conversation.pk}
    return post_reply(content=content, client_id=uuid.uuid4(), **where, **more)[0]


def work(**time):
    run_due(timezone.now() + timedelta(**(time or {"seconds": 6})))


def state_of(person):
    return list(Delivery.objects.filter(person=person).order_by("id").values_list("state", flat=True))


def phone(userid):
    found = SimulatedMessage.objects.filter(userid=userid, fate=SimulatedMessage.Fate.ARRIVED).order_by("id")
    return [each.body.get("text", {}).get("content") or each.body["msgtype"] for each in found]


def test_an_error_that_nobody_knows_is_one_persons_trouble(strict, zhangwei, lina, wangqiang):
    def send(query, body):
        poor = json.loads(body)["touser"] == "zhangwei"
        return strict.no(98765, "something about this one") if poor else {"errcode": 0, "msgid": "m1"}

    strict.answers["message/send"] = send
    for person in (zhangwei, lina):
        answered(asked(person, origin=""), wangqiang, "好了")
    work()
    assert state_of(zhangwei) == [State.QUEUED]
    assert state_of(lina) == [State.SENT]


def test_a_message_that_cannot_be_looked_at_holds_up_nobody_else(wecom, zhangwei, lina, wangqiang, faults, monkeypatch):
    faults(down=True)
    for person in (zhangwei, lina):
        answered(asked(person, origin=""), wangqiang, "好了")
    work()
    faults(down=False)
    broken = Delivery.objects.filter(person=zhangwei)
    broken.update(kind="broken")
    monkeypatch.setitem(sending.checks, "broken", lambda row: 1 / 0)
    answered(zhangwei.conversations.get(), wangqiang, "再试一次")
    work(seconds=66)
    sending.drain()
    assert state_of(zhangwei) == [State.QUEUED, State.SENT]
    assert phone("lina") == ["textcard"]


def test_a_wait_whose_card_cannot_be_made_keeps_no_card_from_others(wecom, zhangwei, lina, settings, monkeypatch):
    settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY = "t", "k" * 43
    first = asked(zhangwei, origin="")
    asked(lina, origin="")
    for person, minutes in ((zhangwei, 31), (lina, 30)):
        person.conversations.update(waiting_since=timezone.now() - timedelta(minutes=minutes))
    monkeypatch.setattr(shapes, "position", lambda each: 1 / 0 if each.pk == first.pk else 1)
    waiting.offer_to_urge()
    assert phone("zhangwei") == []
    assert phone("lina") == ["template_card"]


def test_whom_it_fails_for_comes_last_the_next_time(strict, zhangwei, lina, wangqiang):
    busy = {"zhangwei", "lina"}

    def send(query, body):
        return strict.no(-1, "busy") if json.loads(body)["touser"] in busy else {"errcode": 0, "msgid": "m1"}

    strict.answers["message/send"] = send
    for person in (zhangwei, lina):
        answered(asked(person, origin=""), wangqiang, "好了")
    work()
    busy.remove("lina")
    for seconds in (10, 20):
        with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False):
            sending.drain()
    assert state_of(lina) == [State.SENT]


def test_a_card_about_a_request_that_is_gone_is_over(wecom, zhangwei, wangqiang, faults, settings):
    settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY = "t", "k" * 43
    conversation = asked(zhangwei, origin="")
    answered(conversation, wangqiang, "好了")
    resolve(conversation.pk, by=wangqiang)
    faults(down=True)
    work()
    assert Delivery.objects.filter(kind="solved", state=State.QUEUED).exists()
    faults(down=False)
    conversation.delete()
    sending.drain()
    assert state_of(zhangwei) == [State.SUPPRESSED]


def test_after_an_outage_the_chat_hears_all_in_order_within_five_minutes(wecom, zhangwei, wangqiang):
    conversation = asked(zhangwei)
    start = timezone.now()
    Fault.objects.update_or_create(pk=1, defaults={"down": True})
    log = {"content": b"error 0x0000011b\n" * 10, "content_type": "text/plain"}
    said = {
        10: {"content": "一"},
        20: {"content": "二"},
        120: {"content": "三"},
        300: {"file": True},
        600: {"content": "四"},
    }
    with time_machine.travel(start, tick=False) as clock:
        for second in range(0, 1800 + 300, 10):
            clock.move_to(start + timedelta(seconds=second))
            if said.get(second, {}).get("file"):
                staged = stage(wangqiang, SimpleUploadedFile("log.txt", **log))
                answered(conversation, wangqiang, "看这里", msg_type="file", attachment_ids=[staged.pk])
            elif second in said:
                answered(conversation, wangqiang, **said[second])
            if second == 1800:
                Fault.objects.update(down=False)
            enqueue_periodic(timezone.now(), {})
            run_due(timezone.now())
    assert [each.removeprefix("王强：\n") for each in phone("zhangwei")] == ["一", "二", "三", "看这里", "file", "四"]


def test_the_chat_hears_that_the_assistant_found_nothing(wecom, zhangwei, settings):
    settings.ASSISTANT = "off"
    conversation = asked(zhangwei)
    question = Message.objects.get(conversation=conversation)
    conversation.status = "bot"
    conversation.save()
    AssistantSwitch.objects.all().delete()
    assert post_as_assistant(question, epoch=conversation.epoch, content="", facts={})
    work()
    assert phone("zhangwei") == ["知识库里没有找到答案。可以再说得具体一点，或者转人工"]


def test_a_file_that_fails_for_no_known_reason_holds_up_no_later_answer(strict, zhangwei, wangqiang):
    strict.answers["message/send"] = {"errcode": 0, "msgid": "m1"}
    strict.answers["media/upload"] = lambda query, body: strict.no(98765, "something about this file")
    conversation = asked(zhangwei)
    staged = stage(wangqiang, SimpleUploadedFile("log.txt", b"error 0x0000011b\n" * 10, "text/plain"))
    answered(conversation, wangqiang, "看这里", msg_type="file", attachment_ids=[staged.pk])
    answered(conversation, wangqiang, "或者这样")
    work()
    told = [json.loads(body) for path, _query, body in strict.asked if path == "message/send"]
    mine = [each for each in told if each["touser"] == "zhangwei"]
    assert [each.get("textcard", {}).get("description") for each in mine] == [None, "或者这样"]


def test_a_card_that_fails_for_no_known_reason_holds_up_no_later_card(strict, zhangwei, wangqiang):
    def send(query, body):
        bad = "第一" in json.loads(body).get("textcard", {}).get("description", "")
        return strict.no(98765, "something about this one") if bad else {"errcode": 0, "msgid": "m1"}

    strict.answers["message/send"] = send
    conversation = asked(zhangwei, origin="")
    answered(conversation, wangqiang, "第一")
    work()
    answered(conversation, wangqiang, "第二")
    work()
    assert state_of(zhangwei) == [State.QUEUED, State.SENT]
