"""A file in pieces, through the real door: whatever comes twice, late, wrong or not at all, it is stored whole or not."""

import uuid

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts import roles
from conversations.models import Message, Upload

from . import hostile_files as made
from .sender import JSON, LOG, Sender, files_in, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]
ABSENT = "3f2b1c9e-0000-4000-8000-000000000000"


# On a good line ---------------------------------------------------------------------------------------------------------


def test_a_file_in_pieces_is_stored_whole_and_goes_with_its_message(phone, disk):
    assert told(phone.announce()) == (201, 0, False)
    assert told(phone.put(0, 300)) == (200, 300, False)
    assert told(phone.look()) == (200, 300, False)
    assert told(phone.put(300)) == (200, len(LOG), True)
    assert files_in(disk) == ["media"]
    assert not Upload.objects.exists()
    file = phone.send().json()["attachments"][0]
    assert (file["id"], file["name"], file["size"]) == (phone.upload_id, "错误.log", len(LOG))
    assert phone.client.get(file["url"]).content == phone.stored == LOG


def test_nine_files_of_one_message_keep_their_order(zhangwei):
    pages = [Sender(zhangwei, made.picture("PNG", size=(10 + n, 10)), f"{n}.png") for n in range(9)]
    for page in reversed(pages):
        assert page.bring().json()["done"]
    message = pages[0].send(*pages[1:]).json()
    assert [each["name"] for each in message["attachments"]] == [f"{n}.png" for n in range(9)]
    assert message["msg_type"] == "image"


def test_agents_upload_like_employees(wangqiang, phone):
    roles.revoke(wangqiang, "user", channel="command")
    conversation = phone.client.post("/itdesk/messages", {"client_id": str(uuid.uuid4()), "content": "在吗"}, **JSON)
    agent = Sender(wangqiang, made.picture("PNG"), "设置.png")
    assert agent.bring().json()["done"]
    address = f"/agent/conversations/{conversation.json()['conversation_id']}/messages"
    fields = {"client_id": str(uuid.uuid4()), "upload_id": agent.upload_id}
    answer = agent.client.post(address, fields, **JSON)
    assert (answer.status_code, answer.json()["attachments"][0]["id"]) == (201, agent.upload_id)


def test_a_picture_loses_what_its_camera_wrote(zhangwei):
    page = Sender(zhangwei, made.picture("JPEG", exif=made.exif()), "照片.jpg")
    assert page.bring().json()["done"]
    assert made.CANARY not in page.stored


# Lost answers, repeated and misplaced pieces ----------------------------------------------------------------------------


def test_an_announcement_whose_answer_was_lost_is_repeated_safely(phone):
    phone.announce()
    phone.put(0, 300)
    assert told(phone.announce()) == (200, 300, False)
    assert Upload.objects.count() == 1
    phone.put(300)
    assert told(phone.announce()) == told(phone.look()) == (200, len(LOG), True)
    assert not Upload.objects.exists()


def test_a_piece_that_comes_twice_is_written_once(phone):
    phone.announce()
    phone.put(0, 300)
    assert told(phone.put(0, 300)) == (409, 300, False)
    assert told(phone.put(100, 400)) == (409, 300, False)
    assert phone.put(0, 300).json()["error"] == "misplaced"
    phone.put(300)
    assert phone.stored == LOG


def test_the_last_piece_again_is_answered_like_the_first_time(phone):
    phone.bring()
    assert told(phone.put(300)) == (200, len(LOG), True)
    phone.send()
    assert told(phone.put(300)) == told(phone.look()) == (200, len(LOG), True)
    assert phone.stored == LOG


def test_a_piece_that_comes_too_early_is_not_written(phone, disk):
    phone.announce()
    assert told(phone.put(300)) == (409, 0, False)
    assert files_in(disk) == []
    assert phone.bring().json()["done"]
    assert phone.stored == LOG


def test_what_has_not_arrived_whole_can_not_be_sent(phone):
    phone.announce()
    phone.put(0, 300)
    answer = phone.send()
    assert (answer.status_code, answer.json()["error"]) == (422, "no_such_file")
    assert not Message.objects.exists()


@given(
    text=st.text("ab中\n", min_size=1, max_size=200),
    moves=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 300)), max_size=12),
)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_the_stored_bytes_are_the_files(zhangwei, text, moves):
    page = Sender(zhangwei, text.encode())
    page.announce()
    received = 0
    for offset, length in moves:
        before = told(page.look())
        answer = told(page.put(offset, offset + length))
        fits = offset == received and not before[2]
        received = min(len(page.content), offset + length) if fits else received
        done = received == len(page.content)
        assert answer == (200 if fits or done else 409, received, done)
    assert page.bring(step=64).json()["done"]
    assert page.stored == page.content


# Other people ---------------------------------------------------------------------------------------------------------


def test_another_persons_upload_does_not_exist(phone, lina, disk):
    phone.announce()
    phone.put(0, 300)
    stranger = Sender(lina, upload_id=phone.upload_id)
    absent = Sender(lina, upload_id=ABSENT)
    for ask in (Sender.look, Sender.cancel, lambda page: page.put(300)):
        foreign, nothing = ask(stranger), ask(absent)
        assert foreign.status_code == nothing.status_code == 404
        assert foreign.json() == nothing.json()
    assert stranger.announce().status_code == 404
    assert phone.put(300).json()["done"]
    for ask in (Sender.look, Sender.cancel, Sender.announce, lambda page: page.put(0)):
        assert ask(stranger).status_code == 404
    assert stranger.send().status_code == 422
    assert phone.stored == LOG


def test_who_is_not_signed_in_uploads_nothing(phone):
    phone.announce()
    nobody = Client()
    assert nobody.post("/uploads/", {}, **JSON).status_code == 401
    for method in (nobody.get, nobody.put, nobody.delete):
        assert method(phone.address, **JSON).status_code == 401
