"""A picture of WeCom's own picker: fetched by a job, looked at as any upload, and its author's alone (WECOM 4, 6)."""

import io
import uuid
from datetime import timedelta

import pytest
from django.test import Client as DjangoClient
from django.utils import timezone
from PIL import Image

from accounts.models import User
from conversations.models import Attachment
from jobs.models import Job
from jobs.worker import run_due
from wecom import pictures
from wecom.models import PhonePicture, SimulatedError, SimulatedMedia
from wecom.simulator import media

pytestmark = pytest.mark.django_db(transaction=True)
FAILED = {"state": "failed", "reason": "没有取到图片，请用“图片”按钮再选一次"}


def picture(kind="JPEG", **options):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (20, 90, 160)).save(out, kind, **options)
    return out.getvalue()


def browser_of(user):
    browser = DjangoClient(headers={"accept": "application/json", "accept-language": "zh-hans"})
    browser.force_login(user, backend="accounts.backends.WecomBackend")
    return browser


def sent(content, name="wxfile.dat", content_type="application/octet-stream"):
    """The media_id of what a phone brought to WeCom."""
    return media.keep("image", name, content_type, content).media_id


@pytest.fixture
def phone(wecom, zhangwei):
    return browser_of(zhangwei)


def begin(browser, media_id, upload_id=None):
    upload_id = upload_id or str(uuid.uuid4())
    return browser.post("/wecom/pictures", {"upload_id": upload_id, "media_id": media_id}), upload_id


def ended(browser, media_id):
    """What the page is told in the end. → (facts, upload id)"""
    answer, upload_id = begin(browser, media_id)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    run_due()
    told = browser.get(f"/wecom/pictures/{upload_id}")
    assert "no-store" in told["Cache-Control"]
    return {name: told.json()[name] for name in ("state", "reason")}, upload_id


@pytest.mark.parametrize(("kind", "type_"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_it_becomes_a_staged_file_of_its_author(phone, lina, kind, type_):
    facts, upload_id = ended(phone, sent(picture(kind)))
    assert facts == {"state": "stored", "reason": ""}
    stored = Attachment.objects.get()
    assert (str(stored.pk), stored.owner.userid, stored.message, stored.content_type) == (
        upload_id,
        "zhangwei",
        None,
        type_,
    )
    assert (stored.width, stored.height) == (64, 48)
    assert phone.get(f"/attachments/{upload_id}/")["Content-Type"] == type_
    assert browser_of(lina).get(f"/attachments/{upload_id}/").status_code == 404
    assert browser_of(lina).get(f"/wecom/pictures/{upload_id}").status_code == 404


def test_it_is_made_anew_without_where_it_was_taken(phone):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "canary-where"
    _facts, upload_id = ended(phone, sent(picture(exif=exif)))
    with Attachment.objects.get(pk=upload_id).file.open() as file:
        assert b"canary-where" not in file.read()


def test_a_message_takes_it_as_it_takes_an_upload(phone):
    _facts, upload_id = ended(phone, sent(picture()))
    known = phone.post("/uploads/", {"upload_id": upload_id, "name": "photo.jpg", "size": "1"}).json()
    assert known["done"] is True
    fields = {"client_id": str(uuid.uuid4()), "msg_type": "image", "content": "", "upload_id": upload_id}
    assert phone.post("/itdesk/messages", fields).status_code == 201
    assert Attachment.objects.get().message is not None


@pytest.mark.parametrize(
    "content",
    [
        b"hello, I am a text",
        b"%PDF-1.7\n1 0 obj",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"\0" * 100,
        picture()[:80],
        b"GIF89a" + b"\0" * 4,
        b"\0" * 1000,
    ],
    ids=["text", "pdf", "svg", "html", "zip", "jpeg head", "half a jpeg", "gif head", "zeros"],
)
def test_what_is_no_picture_is_not_taken_whatever_wecom_calls_it(phone, content):
    assert ended(phone, sent(content, "photo.jpg", "image/jpeg"))[0] == FAILED
    assert not Attachment.objects.exists()


def test_what_is_too_large_is_not_read_to_its_end(phone, settings):
    settings.ATTACHMENT_MAX_BYTES = 5_000
    assert ended(phone, sent(b"\xff\xd8\xff" + b"\0" * 200_000))[0] == FAILED


def test_what_wecom_does_not_keep_any_more_fails_at_once(phone):
    media_id = sent(picture())
    SimulatedMedia.objects.update(created_at=timezone.now() - timedelta(days=4))
    assert ended(phone, media_id)[0] == FAILED


def test_it_comes_when_wecom_can_be_had_again(phone, faults):
    faults(down=True)
    facts, upload_id = ended(phone, sent(picture()))
    assert facts["state"] == "waiting"
    faults(down=False)
    run_due(timezone.now() + timedelta(seconds=30))
    assert phone.get(f"/wecom/pictures/{upload_id}").json()["state"] == "stored"


def test_after_two_minutes_nobody_waits_for_it(phone, faults):
    faults(down=True)
    _facts, upload_id = ended(phone, sent(picture()))
    faults(down=False)
    PhonePicture.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    run_due(timezone.now() + timedelta(seconds=30))
    assert phone.get(f"/wecom/pictures/{upload_id}").json()["state"] == "failed"
    assert not Attachment.objects.exists()


def test_a_lost_answer_costs_nothing(phone):
    media_id = sent(picture())
    _answer, upload_id = begin(phone, media_id)
    assert begin(phone, media_id, upload_id)[0].status_code == 202
    assert Job.objects.filter(name=pictures.FETCH).count() == 1
    run_due()
    assert begin(phone, media_id, upload_id)[0].json()["state"] == "stored"


def test_a_worker_that_died_after_storing_it_is_followed_by_one_that_says_so(phone):
    media_id = sent(picture())
    _answer, upload_id = begin(phone, media_id)
    pictures.fetch(upload_id)
    PhonePicture.objects.update(state="waiting")
    pictures.fetch(upload_id)
    assert PhonePicture.objects.get().state == "stored"
    assert Attachment.objects.count() == 1


def test_nobody_takes_over_the_id_of_somebody_else(phone, lina):
    media_id = sent(picture())
    _answer, upload_id = begin(phone, media_id)
    run_due()
    assert begin(browser_of(lina), media_id, upload_id)[0].status_code == 404
    theirs = str(uuid.uuid4())
    Attachment.objects.update(id=theirs)
    _answer, _id = begin(browser_of(lina), media_id, theirs)
    run_due()
    assert PhonePicture.objects.get(pk=theirs).state == "failed"
    assert Attachment.objects.get().owner == User.objects.get(userid="zhangwei")


def test_the_days_quota_counts(phone, settings):
    settings.UPLOAD_QUOTA_BYTES = 100
    assert ended(phone, sent(picture()))[0] == FAILED


@pytest.mark.parametrize(
    "media_id", ["", "a", "x y z 1 2 3", "../../etc/passwd", "a" * 513, "http://evil.example/x.jpg"]
)
def test_what_is_no_media_id_is_refused(phone, media_id):
    assert begin(phone, media_id)[0].status_code == 422
    assert not PhonePicture.objects.exists()


def test_the_rate_of_uploads_counts(phone, settings):
    settings.RATE_UPLOAD = "2/10m"
    codes = [begin(phone, "media-id-1234")[0].status_code for _ in range(3)]
    assert codes == [202, 202, 429]


def test_it_is_forgotten_after_a_day(phone):
    begin(phone, "media-id-1234")
    pictures.sweep(timezone.now() + timedelta(hours=23))
    assert PhonePicture.objects.exists()
    pictures.sweep(timezone.now() + timedelta(hours=25))
    assert not PhonePicture.objects.exists()


def test_a_token_that_was_revoked_is_fetched_anew(phone):
    SimulatedError.objects.create(api="media/get", errcode=42001)
    assert ended(phone, sent(picture()))[0]["state"] == "stored"
