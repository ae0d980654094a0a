"""What is not taken in pieces either, and how much of the rest."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conversations import partials
from conversations.commands import uploads
from conversations.models import Attachment, Message

from . import hostile_files as made
from .sender import JSON, LOG, Sender, expect_nothing, files_in, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"size": "0"}, 422, "file_empty"),
        ({"size": "-1"}, 422, "bad_number"),
        ({"size": "1e3"}, 422, "bad_number"),
        ({"size": ""}, 422, "bad_number"),
        ({"size": str(20 * 1024 * 1024 + 1)}, 413, "file_too_large"),
        ({"size": str(2**40)}, 413, "file_too_large"),
        ({"size": "9" * 400}, 422, "bad_number"),
        ({"name": "setup.exe"}, 422, "file_kind"),
        ({"name": "图.svg"}, 422, "file_kind"),
        ({"name": "x.png\u202egnp.html"}, 422, "file_kind"),
        ({"upload_id": "1"}, 422, "bad_upload_id"),
        ({"upload_id": ""}, 422, "bad_upload_id"),
    ],
)
def test_what_can_be_told_is_refused_before_the_first_byte(phone, disk, fields, status, error):
    answer = phone.announce(**fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["reason"]
    expect_nothing(disk)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("html-as.png", made.HTML),
        ("svg-as.jpg", made.SVG),
        ("exe-as.txt", made.EXE),
        ("exe", made.EXE),
        ("truncated.png", made.picture("PNG", size=(300, 300))[:100]),
        ("bomb.png", made.png_bomb(7200)),
        ("late-binary.txt", b"a" * 20_000 + b"\x00"),
    ],
    ids=made.named,
)
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_left(zhangwei, disk, name, content):
    page = Sender(zhangwei, content, name)
    answer = page.bring(step=2000)
    assert answer.status_code == 422
    assert answer.json()["reason"]
    expect_nothing(disk)
    assert page.look().status_code == 404


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "9" * 30])
def test_an_offset_that_is_no_number_is_refused(phone, offset):
    phone.announce()
    answer = phone.put(offset, content=LOG[:100])
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_number")
    assert told(phone.look()) == (200, 0, False)


def test_more_than_was_announced_is_refused_and_nothing_is_left(phone, disk):
    phone.announce(size=400)
    phone.put(0, 300)
    answer = phone.put(300, 401)
    assert (answer.status_code, answer.json()["error"]) == (422, "upload_size")
    expect_nothing(disk)


def test_a_piece_has_at_most_a_mebibyte(zhangwei):
    page = Sender(zhangwei, b"a" * (uploads.MAX_CHUNK + 10))
    page.announce()
    answer = page.put(0)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert told(page.put(0, uploads.MAX_CHUNK)) == (200, uploads.MAX_CHUNK, False)
    assert page.put(uploads.MAX_CHUNK).json()["done"]
    assert page.stored == page.content


def test_what_arrives_counts_and_not_what_a_header_says(phone):
    phone.announce()
    assert told(phone.put(0, 300, CONTENT_LENGTH="120")) == (200, 120, False)
    assert phone.bring().json()["done"]
    assert phone.stored == LOG


def test_a_name_with_tricks_is_shown_without_them(zhangwei):
    page = Sender(zhangwei, name="../../a\x00b\u202e" + "长" * 300 + ".log")
    assert page.bring().json()["done"]
    name = page.send().json()["attachments"][0]["name"]
    assert name.startswith("ab长长")
    assert name.endswith("长.log")
    assert len(name) == 150


# How much -------------------------------------------------------------------------------------------------------------


def test_only_new_files_count_for_the_rate(zhangwei, settings):
    settings.RATE_UPLOAD = "2/13m"
    first = Sender(zhangwei)
    for _ in range(3):
        assert first.announce().status_code in {200, 201}
    assert Sender(zhangwei).announce().status_code == 201
    put_off = Sender(zhangwei).announce()
    assert put_off.status_code == 429
    assert int(put_off["Retry-After"]) > 0
    assert first.bring().json()["done"]


def test_one_person_has_a_quota_for_the_day(zhangwei, lina, settings):
    settings.UPLOAD_QUOTA_BYTES = 2 * len(LOG) + 10
    assert Sender(zhangwei).bring().json()["done"]
    assert Sender(zhangwei).announce().status_code == 201  # on its way, it counts as well
    answer = Sender(zhangwei).announce()
    assert (answer.status_code, answer.json()["error"]) == (413, "quota")
    assert Sender(lina).announce().status_code == 201
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert Sender(zhangwei).announce().status_code == 201


def test_files_of_a_form_count_for_the_same_quota(zhangwei, settings, disk):
    settings.UPLOAD_QUOTA_BYTES = len(LOG) + 10
    data = {"client_id": str(uuid.uuid4()), "content": "见附件"}
    page = Sender(zhangwei)
    assert page.bring().json()["done"]
    answer = page.client.post("/itdesk/messages", {**data, "file": SimpleUploadedFile("a.log", LOG)}, **JSON)
    assert (answer.status_code, answer.json()["error"]) == (413, "quota")
    assert not Message.objects.exists()
    assert files_in(disk) == ["media"]


def test_nobody_has_more_than_twenty_uploads_open(zhangwei, lina):
    for _ in range(uploads.MAX_OPEN):
        assert Sender(zhangwei).announce().status_code == 201
    assert Sender(zhangwei).announce().status_code == 429
    assert Sender(lina).announce().status_code == 201


def test_a_disk_that_is_nearly_full_takes_no_more(phone, settings, disk):
    phone.announce()
    phone.put(0, 300)
    settings.DISK_FLOOR_BYTES = 2**60
    for answer in (phone.put(300), phone.announce()):
        assert (answer.status_code, answer.json()["error"]) == (507, "no_room")
        assert answer.json()["reason"]
    expect_nothing(disk)


def test_a_disk_that_fills_up_in_the_middle_is_told_and_nothing_is_left(phone, disk, monkeypatch):
    phone.announce()
    phone.put(0, 300)
    append = partials.append

    def half(upload_id, received, chunk):
        append(upload_id, received, chunk[: len(chunk) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(partials, "append", half)
    assert phone.put(300).status_code == 507
    expect_nothing(disk)
    monkeypatch.undo()


def test_a_disk_that_is_full_at_the_end_is_told_and_nothing_is_left(phone, disk, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("conversations.file_store.os.fsync", full)
    assert phone.bring().status_code == 507
    expect_nothing(disk)
