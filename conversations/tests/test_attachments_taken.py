"""What is taken in, what is refused, and what is left of it: through `stage`, as every upload goes."""

import io
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from conversations import attachments, file_kinds, jobs, pictures
from conversations.attachments import attachment_json, stage
from conversations.errors import Refused
from conversations.models import Attachment

from . import hostile_files as made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


def upload(name, content):
    return SimpleUploadedFile(name, content)


def files_in(store):
    return [path for path in Path(store).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("屏幕截图.png", made.picture("PNG"), "image/png"),
        ("photo.JPG", made.picture("JPEG"), "image/jpeg"),
        ("photo.jpeg", made.picture("JPEG"), "image/jpeg"),
        ("a.webp", made.picture("WEBP"), "image/webp"),
        ("a.gif", made.animation("GIF"), "image/gif"),
        ("IMG_1.HEIC", made.heic(), "image/heic"),
        ("a.pdf", b"%PDF-1.7\n%...", "application/pdf"),
        ("a.docx", made.archive("other.xml", "word/document.xml"), file_kinds._TABLE["docx"][0]),
        ("a.xls", made.OLE, "application/vnd.ms-excel"),
        ("logs.zip", made.archive("a.log"), "application/zip"),
        ("a.log", "错误 0x80070005\n".encode(), "text/plain"),
        ("gbk.txt", "打印机脱机".encode("gbk"), "text/plain"),
        ("powershell.txt", "中文".encode("utf-16"), "text/plain"),
        ("data.json", b'{"a": 1}', "text/plain"),
        ("hosts", b"127.0.0.1 localhost", "text/plain"),
        ("a.mp4", made.MP4, "video/mp4"),
        ("a.mp3", made.MP3, "audio/mpeg"),
    ],
    ids=made.named,
)
def test_it_takes_what_people_send(zhangwei, store, name, content, kind):
    attachment = stage(zhangwei, upload(name, content))
    assert attachment.content_type == kind
    assert attachment.owner == zhangwei
    assert attachment.message is None
    assert attachment.is_image == (kind in file_kinds.PICTURES or kind == file_kinds.HEIC)
    assert [path.name for path in files_in(store)] == [attachment.id.hex]
    assert attachment.size == files_in(store)[0].stat().st_size


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("a.svg", made.SVG),
        ("a.html", made.HTML),
        ("a.htm", made.HTML),
        ("a.xhtml", made.HTML),
        ("a.xml", b"<?xml version='1.0'?><x/>"),
        ("svg-as.png", made.SVG),
        ("html-as.jpg", made.HTML),
        ("html-as.pdf", made.HTML),
        ("setup.exe", made.EXE),
        ("exe-as.png", made.EXE),
        ("exe-as.txt", made.EXE),
        ("elf-as.log", made.ELF),
        ("exe", made.EXE),
        ("double.png.exe", made.EXE),
        ("run.bat", b"del *"),
        ("run.ps1", b"Remove-Item"),
        ("run.js", b"alert(1)"),
        ("page.mhtml", b"MIME-Version: 1.0"),
        ("zip-as.png", made.archive("a")),
        ("png-as.zip", made.picture("PNG")),
        ("png-as.pdf", made.picture("PNG")),
        ("binary.txt", b"abc\x00def"),
        ("late-binary.txt", b"a" * 20_000 + b"\x00"),
        ("truncated.png", made.picture("PNG", size=(300, 300))[:100]),
        ("truncated.jpg", made.picture("JPEG", size=(300, 300))[:400]),
        ("only-a-header.gif", b"GIF89a"),
        ("only-a-header.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 "),
        ("tiff-as.png", made.picture("TIFF")),
        ("postscript.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
        ("bomb.png", made.png_bomb(7200)),
        ("bigger-bomb.png", made.png_bomb(13_000)),
        ("page.png\x00.html", made.HTML),
    ],
    ids=made.named,
)
def test_it_refuses_the_rest_and_keeps_nothing(zhangwei, store, name, content):
    with pytest.raises(Refused) as refused:
        stage(zhangwei, upload(name, content))
    assert refused.value.status == 422
    assert refused.value.reason
    assert not Attachment.objects.exists()
    assert files_in(store) == []


def test_it_says_413_when_the_file_is_too_large(zhangwei, settings, store):
    settings.ATTACHMENT_MAX_BYTES = 1000
    stage(zhangwei, upload("a.txt", b"a" * 1000))
    with pytest.raises(Refused) as refused:
        stage(zhangwei, upload("b.txt", b"a" * 1001))
    assert refused.value.status == 413
    assert len(files_in(store)) == 1


def test_a_bomb_is_refused_before_it_is_decoded(zhangwei, monkeypatch):
    decoded = []
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: decoded.append(image.size))
    for side in (7200, 9600, 20_000):
        with pytest.raises(Refused) as refused:
            stage(zhangwei, upload("bomb.png", made.png_bomb(side)))
        assert refused.value.code == "picture_too_large"
    assert decoded == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gps.jpg", made.picture("JPEG", exif=made.exif())),
        ("gps.png", made.picture("PNG", exif=made.exif())),
        ("gps.webp", made.picture("WEBP", exif=made.exif())),
        ("xmp.jpg", made.picture("JPEG", xmp=b"<x>" + made.CANARY + b"</x>")),
        ("xmp.webp", made.picture("WEBP", xmp=b"<x>" + made.CANARY + b"</x>")),
        ("comment.jpg", made.picture("JPEG", comment=made.CANARY)),
        ("text.png", made.png_with_text()),
        ("tail.jpg", made.picture("JPEG") + made.CANARY),
        ("tail.png", made.picture("PNG") + made.CANARY),
        ("tail.webp", made.picture("WEBP") + made.CANARY),
        ("gps-animation.webp", made.animation("WEBP", exif=made.exif())),
        ("gps-animation.png", made.animation("PNG", exif=made.exif())),
        ("grey.jpg", made.picture("JPEG", mode="L", comment=made.CANARY)),
    ],
    ids=made.named,
)
def test_nothing_that_a_camera_wrote_is_stored(zhangwei, name, content):
    assert made.CANARY in content
    attachment = stage(zhangwei, upload(name, content))
    stored = attachment.file.open().read()
    assert made.CANARY not in stored
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(stored))
    assert not after.getexif()
    assert after.size == before.size
    assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)
    assert attachment.size == len(stored)


@pytest.mark.parametrize("encoding", ["PNG", "JPEG", "WEBP"])
def test_a_picture_without_such_things_stays_as_it_came(zhangwei, encoding):
    content = made.picture(encoding)
    assert stage(zhangwei, upload(f"a.{encoding.lower()}", content)).file.open().read() == content


@pytest.mark.parametrize("encoding", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))])
def test_width_and_height_are_as_one_sees_it(zhangwei, encoding, orientation, size):
    content = made.picture(encoding, exif=made.exif(orientation))
    attachment = stage(zhangwei, upload(f"a.{encoding.lower()}", content))
    assert (attachment.width, attachment.height) == size
    assert Image.open(attachment.file.open()).size == size


def test_a_transparent_picture_stays_transparent(zhangwei):
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (1, 2, 3, 77)).save(out, "PNG", exif=made.exif())
    stored = Image.open(stage(zhangwei, upload("a.png", out.getvalue())).file.open())
    assert stored.getpixel((0, 0)) == (1, 2, 3, 77)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\张伟\\桌面\\截图.txt", "截图.txt"),
        ("invoice\u202egpj.txt", "invoicegpj.txt"),
        ("a\u2066b\u2069.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("  spaced   out .txt", "spaced out.txt"),
        ("e\u0301.txt", "é.txt"),
        ("<script>alert(1)</script>.txt", "script>.txt"),
        ("长" * 300 + ".txt", "长" * 146 + ".txt"),
        ("....txt", "txt.txt"),
        ("\u200b.log", "log.txt"),
        ("hosts", "hosts.txt"),
        ('a"; filename="b.txt', 'a"; filename="b.txt'),
    ],
)
def test_the_name_is_shown_without_tricks(zhangwei, raw, shown):
    file = upload("a.txt", b"x")
    file._name = raw  # past Django's own cleaning: ours must stand alone
    assert stage(zhangwei, file).name == shown


@given(st.text(max_size=400))
@hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_can_hide_anything(raw):
    name = file_kinds.fitting_name(file_kinds.display_name(raw), "text/plain", "文件")
    assert 0 < len(name) <= 150
    assert not any(unicodedata.category(each)[0] == "C" for each in name)
    assert not set("/\\\u2028\u2029") & set(name)


@pytest.mark.parametrize(
    ("name", "content", "shown", "kind"),
    [
        ("screen.png", made.picture("JPEG"), "screen.jpg", "image/jpeg"),
        ("photo.jpg", made.picture("PNG"), "photo.png", "image/png"),
        ("blob", made.picture("PNG"), "blob.png", "image/png"),
        ("photo.jpeg", made.picture("JPEG"), "photo.jpeg", "image/jpeg"),
    ],
    ids=made.named,
)
def test_a_picture_under_the_wrong_name_is_called_what_it_is(zhangwei, name, content, shown, kind):
    attachment = stage(zhangwei, upload(name, content))
    assert (attachment.name, attachment.content_type) == (shown, kind)


def test_a_full_disk_is_a_refusal_and_leaves_no_half_file(zhangwei, store, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("conversations.file_store.os.fsync", full)
    with pytest.raises(Refused) as refused:
        stage(zhangwei, upload("a.txt", b"x"))
    assert refused.value.status == 507
    assert not Attachment.objects.exists()
    assert files_in(store) == []


def test_the_json_is_as_the_contract_says(zhangwei):
    attachment = stage(zhangwei, upload("图.png", made.picture("PNG")))
    url = f"/attachments/{attachment.id}/"
    assert attachment_json(attachment) == {
        "id": str(attachment.id),
        "name": "图.png",
        "size": attachment.size,
        "content_type": "image/png",
        "url": url,
        "thumbnail_url": url,
        "width": 40,
        "height": 20,
    }
    assert attachment_json(stage(zhangwei, upload("a.log", b"x")))["thumbnail_url"] is None


def test_the_sweep_removes_what_no_message_took_within_a_day(zhangwei, store):
    old, young = (stage(zhangwei, upload("a.txt", b"x")) for _ in range(2))
    Attachment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    jobs.sweep_attachments()
    assert list(Attachment.objects.all()) == [young]
    assert [path.name for path in files_in(store)] == [young.id.hex]


def test_the_sweep_removes_files_that_no_row_names(zhangwei, store):
    kept, lost = (stage(zhangwei, upload("a.txt", b"x")) for _ in range(2))
    Attachment.objects.filter(pk=lost.pk).delete()
    assert attachments.sweep(timezone.now()) == (0, 0)
    assert attachments.sweep(timezone.now() + timedelta(hours=23)) == (0, 0)
    Attachment.objects.update(created_at=timezone.now() + timedelta(days=9))
    assert attachments.sweep(timezone.now() + timedelta(hours=25)) == (0, 1)
    assert [path.name for path in files_in(store)] == [kept.id.hex]


def test_the_sweep_goes_on_when_a_file_is_gone_already(zhangwei, store):
    attachment = stage(zhangwei, upload("a.txt", b"x"))
    files_in(store)[0].unlink()
    assert attachments.sweep(timezone.now() + timedelta(hours=25)) == (1, 0)
    assert not Attachment.objects.filter(pk=attachment.pk).exists()


def test_pictures_know_their_limit():
    assert pictures.MAX_PIXELS == Image.MAX_IMAGE_PIXELS == 50_000_000
