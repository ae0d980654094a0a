"""A file in pieces, and processes that die, disks that forget and requests that come together."""

import os
import threading
import uuid

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from conversations import attachments, jobs, partials
from conversations.commands import uploads
from conversations.models import Attachment, Upload

from .sender import LOG, Sender, crash_before_storing, files_in, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]


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
    monkeypatch.setattr(uploads, "_alone", partials.opened)  # as where the kernel keeps no book of locks
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
