"""A file in pieces, through the real door: whatever comes twice, late, wrong or not at all, it is stored whole or not."""

import contextlib
import os
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts import roles
from conversations import attachments, jobs, partials
from conversations.commands import uploads
from conversations.models import Attachment, Message, Upload

from . import hostile_files as made

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
LOG = "错误 0x80070005\n".encode() * 40
ABSENT = "3f2b1c9e-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    """Where files lie: `incoming` while they arrive, `media` afterwards."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path


def files_in(disk):
    return sorted(path.relative_to(disk).parts[0] for path in Path(disk).rglob("*") if path.is_file())


class Sender:
    """One person's page, and one file that it sends."""

    def __init__(self, user, content=LOG, name="错误.log", upload_id=None):
        self.client = Client()
        self.client.force_login(user, backend="accounts.backends.WecomBackend")
        self.content, self.name, self.upload_id = content, name, str(upload_id or uuid.uuid4())
        self.address = f"/uploads/{self.upload_id}"

    def announce(self, **fields):
        data = {"upload_id": self.upload_id, "name": self.name, "size": len(self.content), **fields}
        return self.client.post("/uploads/", data, **JSON)

    def put(self, offset, end=None, content=None, **more):
        piece = self.content[offset:end] if content is None else content
        kind = "application/octet-stream"
        return self.client.put(f"{self.address}?offset={offset}", piece, content_type=kind, **JSON, **more)

    def look(self):
        return self.client.get(self.address, **JSON)

    def cancel(self):
        return self.client.delete(self.address, **JSON)

    def send(self, *others, **fields):
        """The message that names it, and the files of `others` behind it."""
        ids = [self.upload_id, *(each.upload_id for each in others)]
        data = {"client_id": str(uuid.uuid4()), "content": "", "msg_type": "file", "upload_id": ids, **fields}
        return self.client.post("/itdesk/messages", data, **JSON)

    def bring(self, step=100):
        """All of it, as a page does on a good line. → the last answer"""
        answer = self.announce()
        while answer.status_code in {200, 201, 409} and not answer.json()["done"]:
            received = answer.json()["received"]
            answer = self.put(received, received + step)
        return answer

    @property
    def stored(self):
        return Attachment.objects.get(pk=self.upload_id).file.open().read()


@pytest.fixture
def phone(zhangwei):
    return Sender(zhangwei)


def told(answer):
    return answer.status_code, answer.json()["received"], answer.json()["done"]


def crash_before_storing(page, monkeypatch):
    """All bytes are there; the process dies before it looks at them."""

    def crash(*args, **more):
        raise KeyboardInterrupt

    page.announce()
    with monkeypatch.context() as context:
        context.setattr(attachments, "stage", crash)
        with pytest.raises(KeyboardInterrupt):
            page.put(0)


def expect_nothing(disk):
    assert not Attachment.objects.exists()
    assert not Upload.objects.exists()
    assert files_in(disk) == []


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


# Given up -------------------------------------------------------------------------------------------------------------


def test_what_is_cancelled_is_gone_at_any_point(zhangwei, disk):
    begun, half, whole = Sender(zhangwei), Sender(zhangwei), Sender(zhangwei)
    begun.announce()
    half.announce()
    half.put(0, 300)
    whole.bring()
    for page in (begun, half, whole):
        assert page.cancel().status_code == 204
        assert page.look().status_code == page.put(0).status_code == page.cancel().status_code == 404
    expect_nothing(disk)


def test_what_was_sent_is_not_cancelled(phone):
    phone.bring()
    assert phone.send().status_code == 201
    answer = phone.cancel()
    assert (answer.status_code, answer.json()["error"]) == (422, "file_used")
    assert phone.stored == LOG


def test_what_is_cancelled_while_it_is_checked_is_not_kept(phone, disk, monkeypatch):
    stage = attachments.stage

    def stage_while_its_author_changes_their_mind(*args, **more):
        assert phone.cancel().status_code == 204
        return stage(*args, **more)

    phone.announce()
    monkeypatch.setattr(attachments, "stage", stage_while_its_author_changes_their_mind)
    assert phone.put(0).status_code == 404
    expect_nothing(disk)


def test_the_sweep_takes_what_was_not_finished_within_a_day(zhangwei, disk):
    old, young, lost = Sender(zhangwei), Sender(zhangwei), Sender(zhangwei)
    for page in (old, young, lost):
        page.announce()
        page.put(0, 300)
    yesterday = timezone.now() - timedelta(hours=25)
    Upload.objects.filter(pk=old.upload_id).update(created_at=yesterday)
    Upload.objects.filter(pk=lost.upload_id).delete()  # as after a crash between the row and its file
    os.utime(partials._path(uuid.UUID(lost.upload_id)), (yesterday.timestamp(), yesterday.timestamp()))
    jobs.sweep_attachments()
    assert [str(each.pk) for each in Upload.objects.all()] == [young.upload_id]
    assert files_in(disk) == ["incoming"]
    assert young.bring().json()["done"]
    assert old.bring().json()["done"]  # a page that comes back later than that begins anew
    assert old.stored == LOG


def test_a_file_is_not_gone_before_its_row_surely_is(phone, monkeypatch):
    phone.bring()

    def lost(*args, **more):
        raise DatabaseError("the connection was lost")

    with monkeypatch.context() as context:
        context.setattr(Attachment, "delete", lost)
        with pytest.raises(DatabaseError):
            phone.cancel()
    assert phone.stored == LOG


def test_a_file_stays_when_nobody_knows_whether_its_row_does(phone, monkeypatch):
    save = Attachment.save

    def save_and_lose_the_answer(*args, **more):
        save(*args, **more)
        raise OperationalError("the connection was lost")

    phone.announce()
    with monkeypatch.context() as context:
        context.setattr(Attachment, "save", save_and_lose_the_answer)
        context.setattr(attachments.transaction, "atomic", contextlib.nullcontext)  # as a COMMIT that came through
        with pytest.raises(OperationalError):
            attachments.stage(Upload.objects.get().owner, SimpleUploadedFile("a.log", LOG), uuid.UUID(phone.upload_id))
    assert phone.stored == LOG


def test_one_file_that_cannot_be_removed_does_not_end_the_sweep(zhangwei, disk, monkeypatch):
    pages = [Sender(zhangwei), Sender(zhangwei)]
    for page in pages:
        page.bring()
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))

    def busy(*args):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(FileSystemStorage, "delete", busy)
    jobs.sweep_attachments()
    assert not Attachment.objects.exists()


def test_the_sweep_takes_what_a_killed_process_left(disk):
    yesterday = (timezone.now() - timedelta(hours=25)).timestamp()
    incoming = disk / "incoming"
    for folder, name in (
        ("picture-a1b2", "in"),
        ("scan-a1b2", "file"),
        (".", "tmpa1b2.upload.png"),
        ("picture-now", "in"),
    ):
        (incoming / folder).mkdir(exist_ok=True)
        (incoming / folder / name).write_bytes(b"private")
    (disk / "elsewhere").mkdir()
    (incoming / "scan-link").symlink_to(disk / "elsewhere", target_is_directory=True)
    for others in ("uploads", "somebody-elses"):
        (incoming / others).mkdir()
    for path in incoming.iterdir():
        if path.name != "picture-now":
            os.utime(path, (yesterday, yesterday), follow_symlinks=False)
    jobs.sweep_attachments()
    assert sorted(path.name for path in incoming.iterdir()) == ["picture-now", "somebody-elses", "uploads"]
    assert (disk / "elsewhere").exists()


# Crashes --------------------------------------------------------------------------------------------------------------


def test_bytes_that_were_written_but_not_counted_do_no_harm(phone):
    phone.announce()
    phone.put(0, 300)
    partials.append(uuid.UUID(phone.upload_id), 300, b"x" * 500)
    assert phone.bring().json()["done"]
    assert phone.stored == LOG


def test_bytes_that_a_power_cut_took_are_asked_for_again(phone):
    phone.announce()
    phone.put(0, 300)
    os.truncate(partials._path(uuid.UUID(phone.upload_id)), 100)
    assert told(phone.put(300)) == (409, 0, False)
    assert phone.bring().json()["done"]
    assert phone.stored == LOG


def test_bytes_that_a_power_cut_spoilt_are_asked_for_again(phone):
    phone.announce()
    phone.put(0, 300)
    path = partials._path(uuid.UUID(phone.upload_id))
    path.write_bytes(b"\0" * 300)
    assert told(phone.put(300)) == (409, 0, False)
    assert not Attachment.objects.exists()
    assert phone.bring().json()["done"]
    assert phone.stored == LOG


def test_a_crash_before_the_storing_costs_no_byte(phone, monkeypatch):
    crash_before_storing(phone, monkeypatch)
    assert told(phone.announce()) == (200, len(LOG), False)
    assert told(phone.put(len(LOG))) == (200, len(LOG), True)
    assert phone.stored == LOG


def test_a_crash_after_the_storing_stores_nothing_twice(phone, disk):
    phone.bring()
    fields = {"name": phone.name, "size": len(LOG), "received": len(LOG), "created_at": timezone.now()}
    Upload.objects.create(pk=phone.upload_id, owner=Attachment.objects.get().owner, **fields)
    assert told(phone.look()) == told(phone.announce()) == (200, len(LOG), True)
    assert told(phone.put(len(LOG))) == (200, len(LOG), True)
    assert files_in(disk) == ["media"]
    assert phone.send().status_code == 201
    jobs.sweep_attachments()
    assert phone.stored == LOG


def test_an_upload_that_finds_itself_stored_leaves_the_stored_file_alone(phone, zhangwei, disk, monkeypatch):
    """Two requests finish one upload; the slower one finds the disk full."""
    phone.bring()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(attachments.Refused):
        attachments.stage(zhangwei, SimpleUploadedFile("a.log", LOG), attachment_id=uuid.UUID(phone.upload_id))
    assert files_in(disk) == ["media"]
    assert phone.stored == LOG


# At once --------------------------------------------------------------------------------------------------------------


def at_once(call, times):
    """The answers of `times` calls that begin together in threads."""
    barrier, answers = threading.Barrier(times), []

    def run():
        barrier.wait()
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_pieces_that_come_together_one_is_written(zhangwei):
    page = Sender(zhangwei)
    page.announce()
    answers = at_once(lambda: page.put(0, 300), 6)
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409, 409]
    assert {each.json()["received"] for each in answers} == {300}
    assert page.bring().json()["done"]
    assert page.stored == LOG


@pytest.mark.django_db(transaction=True)
def test_of_announcements_that_come_together_one_makes_the_upload(zhangwei):
    page = Sender(zhangwei)
    answers = at_once(page.announce, 6)
    assert {each.status_code for each in answers} <= {200, 201}
    assert Upload.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_finish_one_upload_together_are_both_told_that_it_is_stored(zhangwei, disk, monkeypatch):
    page, stage, both = Sender(zhangwei), attachments.stage, threading.Barrier(2)
    crash_before_storing(page, monkeypatch)

    def stage_together(*args, **more):
        both.wait(10)
        return stage(*args, **more)

    monkeypatch.setattr(attachments, "stage", stage_together)
    monkeypatch.setattr(uploads, "_alone", contextlib.nullcontext)  # as in two processes
    answers = at_once(lambda: page.put(len(LOG)), 2)
    assert [told(each) for each in answers] == [(200, len(LOG), True)] * 2
    assert Attachment.objects.count() == 1
    assert files_in(disk) == ["media"]
    assert page.stored == LOG


def test_while_an_upload_is_looked_at_it_is_not_looked_at_again(phone, monkeypatch):
    crash_before_storing(phone, monkeypatch)
    stage, again = attachments.stage, []

    def stage_while_its_page_asks_again(*args, **more):
        if not again:
            again.append(phone.put(len(LOG)))
        return stage(*args, **more)

    monkeypatch.setattr(attachments, "stage", stage_while_its_page_asks_again)
    assert told(phone.put(len(LOG))) == (200, len(LOG), True)
    assert (again[0].status_code, again[0]["Retry-After"]) == (503, "3")
    assert told(phone.put(len(LOG))) == (200, len(LOG), True)
    assert phone.stored == LOG


def test_a_scanner_that_is_away_costs_no_byte(phone, disk, settings):
    settings.SCAN_COMMAND = ["/nowhere/scan"]
    phone.announce()
    answer = phone.put(0)
    assert (answer.status_code, answer.json()["error"]) == (503, "scan_unavailable")
    assert told(phone.look()) == (200, len(LOG), False)
    settings.SCAN_COMMAND = []
    assert told(phone.put(len(LOG))) == (200, len(LOG), True)
    assert phone.stored == LOG
    assert files_in(disk) == ["media"]
