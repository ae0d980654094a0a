"""Pictures, recordings and films of the app's chat: fetched by their id, looked at like any upload, never lost silently."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from conversations.models import Attachment, Message
from jobs.models import Job
from jobs.queue import RetryLater
from jobs.worker import run_due
from wecom.inbound import media
from wecom.models import Inbound, SimulatedCall, SimulatedMedia, SimulatedMessage
from wecom.simulator import media as phones

from .callbacks import Phone

pytestmark = pytest.mark.django_db(transaction=True)
AMR = b"#!AMR\n" + bytes(range(256)) * 4
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(2000)


def jpeg(side=64):
    """A picture that says where it was taken."""
    picture, out, exif = Image.new("RGB", (side, side), "red"), io.BytesIO(), Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 14.0, 0.0)}
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def phone(settings, wecom):
    return Phone(settings)


@pytest.fixture
def sends(phone):
    """`sends("image", bytes)`: somebody's phone has put it on WeCom, and WeCom tells us. → the Inbound."""

    def send(kind, content, userid="zhangwei", **more):
        media_id = phones.keep(kind, "x", "application/octet-stream", content).media_id
        assert phone.post(phone.message(userid, kind, MediaId=media_id, **more)).status_code == 200
        return Inbound.objects.latest("id")

    return send


def later(**time):
    return timezone.now() + timedelta(**time)


def heard(userid="zhangwei"):
    run_due()
    return [each.body["text"]["content"] for each in SimulatedMessage.objects.filter(userid=userid).order_by("id")]


def fetches():
    return SimulatedCall.objects.filter(api="media/get").count()


def test_a_picture_is_fetched_by_its_id_and_made_anew(sends, zhangwei):
    content = jpeg()
    assert b"Exif" in content
    entry = sends("image", content, PicUrl="http://127.0.0.1:9/canary.jpg")
    run_due()
    message, attachment = Message.objects.get(), Attachment.objects.get()
    assert (message.msg_type, message.author, attachment.message) == ("image", zhangwei, message)
    assert (attachment.name, attachment.content_type, attachment.width) == ("图片.jpg", "image/jpeg", 64)
    assert b"Exif" not in attachment.file.read()
    entry.refresh_from_db()
    assert (entry.message, entry.outcome) == (message, "done")


def test_a_picture_is_what_its_bytes_say(sends, zhangwei):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    sends("image", out.getvalue())
    run_due()
    assert (Attachment.objects.get().name, Attachment.objects.get().content_type) == ("图片.png", "image/png")


@pytest.mark.parametrize(("kind", "content", "name", "stored"), [
    ("voice", AMR, "语音.amr", "audio/amr"), ("video", MP4, "视频.mp4", "video/mp4"),
])  # fmt: skip
def test_a_recording_is_a_file(sends, zhangwei, kind, content, name, stored):
    sends(kind, content, Format="amr", ThumbMediaId="never fetched")
    run_due()
    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.content_type, attachment.size) == (name, stored, len(content))
    assert attachment.message.msg_type == "file"
    assert fetches() == 1


def test_nothing_goes_to_an_address_that_came_in(sends, zhangwei, monkeypatch):
    import socket

    asked, connect = [], socket.socket.connect

    def noted(self, address):
        asked.append(address)
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    sends("image", jpeg(), PicUrl="http://127.0.0.9:7/canary.jpg")
    run_due()
    assert Attachment.objects.exists()
    assert not [each for each in asked if "127.0.0.9" in str(each)]


LOST = {
    "expired": "已经没有",
    "too large": "太大",
    "no picture": "不支持",
    "damaged": "打不开",
    "a script": "不支持",
    "speex": "不支持",
}


@pytest.mark.parametrize("how", LOST)
def test_what_cannot_be_had_is_a_clear_line_and_its_sender_hears_of_it(sends, zhangwei, settings, how):
    settings.ATTACHMENT_MAX_BYTES = 100_000
    kind, content = {
        "expired": ("image", jpeg()), "too large": ("video", MP4 + bytes(100_000)), "no picture": ("image", AMR),
        "damaged": ("image", jpeg()[:60]), "a script": ("image", b"<svg onload=alert(1)>"),
        "speex": ("voice", b"Speex   1.2" + bytes(100)),
    }[how]  # fmt: skip
    sends(kind, content)
    if how == "expired":
        SimulatedMedia.objects.update(created_at=timezone.now() - timedelta(days=4))
    run_due()
    message = Message.objects.get()
    label = {"image": "[图片]", "voice": "[语音]", "video": "[视频]"}[kind]
    assert message.content.startswith(f"{label} 没有收到：")
    assert LOST[how] in message.content
    assert not Attachment.objects.exists()
    (told,) = heard()
    assert message.content in told
    assert Inbound.objects.get().outcome == "lost"
    assert not Job.objects.filter(state=Job.State.DEAD).exists()


def test_an_announced_size_is_not_believed(sends, zhangwei, settings):
    settings.ATTACHMENT_MAX_BYTES = 10_000
    sends("video", MP4 + bytes(5_000_000))
    run_due()
    assert "太大" in Message.objects.get().content


def test_after_a_day_s_quota_the_line_says_so(sends, zhangwei, settings):
    settings.UPLOAD_QUOTA_BYTES = 100
    sends("image", jpeg())
    run_due()
    assert "没有收到" in Message.objects.get().content


def test_a_short_outage_holds_up_the_words_behind_it(sends, phone, faults, zhangwei):
    sends("image", jpeg())
    phone.writes("zhangwei", "就是这个报错")
    faults(down=True)
    run_due()
    assert not Message.objects.exists()
    faults(down=False)
    run_due(later(seconds=20))
    picture, words = Message.objects.order_by("seq")
    assert (picture.msg_type, words.content) == ("image", "就是这个报错")


def test_in_a_long_outage_a_line_keeps_its_place_and_the_picture_follows(sends, phone, faults, zhangwei):
    entry = sends("image", jpeg())
    phone.writes("zhangwei", "就是这个报错")
    faults(down=True)
    run_due()
    Inbound.objects.update(received_at=timezone.now() - media.PATIENCE)
    run_due(later(seconds=30))
    line, words = Message.objects.order_by("seq")
    assert (line.content, words.content) == ("[图片] 暂时没有取到，稍后会补上", "就是这个报错")
    entry.refresh_from_db()
    assert (entry.outcome, entry.message) == ("promised", line)

    faults(down=False)
    for hour in range(1, 4):
        run_due(later(hours=hour))
    picture = Message.objects.order_by("seq")[2]
    assert (picture.msg_type, picture.attachments.count(), Message.objects.count()) == ("image", 1, 3)
    assert Attachment.objects.count() == 1
    entry.refresh_from_db()
    assert (entry.outcome, entry.message) == ("done", line)


def test_a_quick_worker_waits_for_the_promise_to_be_written_down(sends, faults, zhangwei):
    """It may have the job in hand before the entry says what it became; ending there would lose the picture."""
    entry = sends("image", jpeg())
    faults(down=True)
    Inbound.objects.update(received_at=timezone.now() - media.PATIENCE)
    run_due()
    Inbound.objects.update(settled_at=None, outcome="", message=None)
    with pytest.raises(RetryLater):
        media.fetch_late(entry.pk)


def test_a_promise_that_cannot_be_kept_is_taken_back(sends, faults, zhangwei):
    sends("image", jpeg())
    faults(down=True)
    run_due()
    Inbound.objects.update(received_at=timezone.now() - media.PATIENCE)
    run_due(later(seconds=30))
    Inbound.objects.update(received_at=timezone.now() - media.GIVE_UP_AFTER)
    run_due(later(hours=1))
    assert [each.content[:9] for each in Message.objects.order_by("seq")] == ["[图片] 暂时没有", "[图片] 没有收到"]
    run_due(later(hours=9))
    assert Message.objects.count() == 2
    assert Inbound.objects.get().outcome == "lost"


def test_a_run_after_the_promise_makes_no_second_one(sends, faults, zhangwei):
    """Killed after the line was there and before its row said so: the next run finds the line."""
    entry = sends("image", jpeg())
    faults(down=True)
    Inbound.objects.update(received_at=timezone.now() - media.PATIENCE)
    run_due()
    Inbound.objects.update(settled_at=None, outcome="", message=None)
    Job.objects.filter(name="fetch_late_from_wecom").delete()
    faults(down=False)
    Job.objects.filter(name="receive_from_wecom").update(state="ready", run_at=timezone.now())
    run_due(later(hours=1))
    assert [each.msg_type for each in Message.objects.order_by("seq")] == ["text", "image"]
    entry.refresh_from_db()
    assert entry.message == Message.objects.order_by("seq")[0]
