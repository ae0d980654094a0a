"""A file in pieces that nobody wants any more: cancelled, or left lying for a day."""

import contextlib
import os
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from conversations import attachments, jobs, partials
from conversations.models import Attachment, Upload

from .sender import LOG, Sender, expect_nothing, files_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]


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
