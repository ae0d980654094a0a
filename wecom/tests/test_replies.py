"""Who writes in the app's chat is answered there, whole and in order; who uses the page gets a card."""

import contextlib
import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conversations.attachments import stage
from conversations.commands.messages import post_message, post_reply
from conversations.commands.reading import mark_read
from conversations.tests.hostile_files import heic
from jobs import faults as moments
from jobs.worker import run_due
from wecom import pace, push, reasons, replies
from wecom.later import TryLater
from wecom.models import Delivery, SendingLine, SimulatedCall, SimulatedMedia, SimulatedMessage, UploadedMedia

from .conftest import at_once

State, Fate = Delivery.State, SimulatedMessage.Fate
pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(wecom, zhangwei):
    asked = {"author": zhangwei, "content": "打印机连不上了", "client_id": uuid.uuid4()}
    return post_message(origin="wecom", **asked)[0].conversation


@pytest.fixture
def reply(conversation, wangqiang):
    def post(content="", **more):
        where = {"author": wangqiang, "conversation_id": conversation.pk}
        return post_reply(content=content, client_id=uuid.uuid4(), **where, **more)[0]

    return post


def picture(owner):
    content = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(content, "PNG")
    return stage(owner, SimpleUploadedFile("屏幕.png", content.getvalue(), "image/png"))


def work(**time):
    run_due(timezone.now() + timedelta(**(time or {"seconds": 6})))


def phone():
    """What arrived: (msgtype, words or the picture's name)."""
    found = []
    for each in SimulatedMessage.objects.filter(userid="zhangwei", fate=Fate.ARRIVED).order_by("id"):
        kind = each.body["msgtype"]
        content = each.body[kind]
        media = content.get("media_id")
        said = SimulatedMedia.objects.get(media_id=media).name if media else content.get("content") or content["title"]
        found.append((kind, said))
    return found


def test_it_answers_in_the_chat_with_the_name_of_who_speaks(reply):
    message = reply("请重启打印机")
    work()
    assert phone() == [("text", "王强：\n请重启打印机")]
    row = Delivery.objects.get(key=f"answer:{message.pk}")
    assert (row.state, row.reason) == (State.SENT, reasons.IN_CHAT)


def test_two_equal_answers_both_arrive_in_order(reply):
    for words in ("ok", "好了", "ok"):
        reply(words)
    work()
    assert phone() == [("text", "王强：\nok"), ("text", "王强：\n好了"), ("text", "王强：\nok")]


def test_a_long_answer_arrives_whole(reply):
    words = "".join(f"第 {number} 步：重新安装驱动程序😀，然后再试一次。" for number in range(120))
    reply(words)
    work()
    assert len(phone()) > 3
    assert "".join(said for _, said in phone()).removeprefix("王强：\n") == words


@given(st.text(alphabet=st.sampled_from("a中😀\n é"), max_size=300), st.integers(8, 40))
def test_pieces_are_small_whole_and_lose_no_word(text, most):
    found = replies.pieces(text, most)
    assert all(len(each.encode()) <= most for each in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_pictures_and_files_come_as_themselves(reply, wangqiang):
    log = stage(wangqiang, SimpleUploadedFile("log.txt", b"error 0x0000011b\n" * 10, "text/plain"))
    reply("看这里", msg_type="file", attachment_ids=[picture(wangqiang).pk, log.pk])
    work()
    assert phone() == [("text", "王强：\n看这里"), ("image", "屏幕.png"), ("file", "log.txt")]


def test_a_picture_goes_up_only_when_it_says_no_more_where_it_was_taken(reply, wangqiang):
    """A phone's HEIC holds the place as it came; until it is made anew, no page gives it out, and the chat neither."""
    message = reply(msg_type="image", attachment_ids=[stage(wangqiang, SimpleUploadedFile("IMG_1.heic", heic())).pk])
    with pytest.raises(TryLater):
        push.notify(str(message.pk))
    assert not SimulatedMedia.objects.exists()
    work(seconds=20)
    assert phone() == [("image", "IMG_1.jpg")]


def test_a_picture_that_is_never_made_anew_becomes_a_card(reply, wangqiang):
    message = reply(msg_type="image", attachment_ids=[stage(wangqiang, SimpleUploadedFile("IMG_1.heic", heic())).pk])
    type(message).objects.update(created_at=timezone.now() - timedelta(minutes=10))
    push.notify(str(message.pk))
    assert phone() == [("textcard", "王强 回复了您")]


def test_a_file_that_wecom_forgot_goes_up_once_more(reply, wangqiang):
    shown = picture(wangqiang)
    UploadedMedia.objects.create(attachment=shown, kind="image", media_id="3gone", uploaded_at=timezone.now())
    reply(msg_type="image", attachment_ids=[shown.pk])
    work()
    assert phone() == [("image", "屏幕.png")]
    assert SimulatedCall.objects.filter(api="media/upload").count() == 1


def test_who_went_on_at_the_page_gets_a_card(reply, conversation, zhangwei):
    post_message(author=zhangwei, content="在吗", client_id=uuid.uuid4(), conversation_id=conversation.pk)
    reply("在的")
    work()
    assert phone() == [("textcard", "王强 回复了您")]


def test_what_the_page_has_shown_is_not_said_again(reply, conversation, zhangwei):
    message = reply("好了")
    mark_read(conversation.pk, by=zhangwei, shown=message.seq, audience="employee")
    work()
    assert phone() == []
    assert Delivery.objects.get().reason == reasons.SEEN


def test_a_file_that_wecom_does_not_take_becomes_a_card(reply, wangqiang, monkeypatch):
    monkeypatch.setattr(replies, "LEAST_BYTES", 10_000)
    reply(msg_type="image", attachment_ids=[picture(wangqiang).pk])
    work()
    assert phone() == [("textcard", "王强 回复了您")]


def test_each_part_arrives_once_when_three_workers_say_it(reply):
    said = [reply(f"{number}" * 900 + "\n" + "x" * 1500) for number in range(3)]
    at_once(3, lambda number: push.notify(str(said[number].pk)))
    work(minutes=20)
    assert [text[:4] for _, text in phone() if text.startswith("王强")] == ["王强：\n"] * 3
    assert "".join(text for _, text in phone()) == "".join(f"王强：\n{message.content}" for message in said)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("moment", ["m6", "m11", "m13"])
def test_a_killed_worker_leaves_no_hole_and_no_double(reply, monkeypatch, moment):
    words = "字" * 1500
    reply(words)

    def die(reached):
        if reached == moment:
            raise Killed

    with monkeypatch.context() as dead, contextlib.suppress(Killed):
        dead.setattr(moments, "at", die)
        dead.setattr(pace, "leave_line", lambda *_: None)
        work()
    SendingLine.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work(minutes=20)
    assert "".join(said for _, said in phone()) == f"王强：\n{words}"
