"""Files through the real door: posted with a message, fetched by whoever may see it, and by nobody else."""

import re
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import roles
from conversations.attachments import stage
from conversations.models import Attachment, Conversation, Message

from . import hostile_files as made

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
INLINE = {"image/png", "image/jpeg", "image/webp", "image/gif"}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def door(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def write(user, *files, address="/itdesk/messages", **fields):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    data = {"client_id": str(uuid.uuid4()), "content": "见附件", "file": uploads, **fields}
    return door(user).post(address, data, **JSON)


def note(agent, conversation_id, *files):
    address = reverse("agent:messages", args=[conversation_id])
    return write(agent, *files, address=address, internal="true")


def fetch(user, attachment):
    return door(user).get(attachment["url"])


def body_of(response):
    """What a reader sees of an error, without the request's own number."""
    return re.sub(rb"[0-9a-f]{8}", b"", response.content)


@pytest.fixture
def sent(zhangwei):
    response = write(zhangwei, ("屏幕.png", made.picture("PNG")), ("错误.log", b"0x80070005"))
    assert response.status_code == 201, response.content
    return response.json()


def test_a_message_carries_its_files(zhangwei, sent):
    picture, text = sent["attachments"]
    assert (picture["name"], picture["content_type"], picture["width"]) == ("屏幕.png", "image/png", 40)
    assert (text["name"], text["thumbnail_url"], sent["msg_type"]) == ("错误.log", None, "file")
    assert fetch(zhangwei, picture).content == made.picture("PNG")
    assert fetch(zhangwei, text).content == b"0x80070005"


def test_a_picture_alone_makes_an_image_message(zhangwei):
    assert write(zhangwei, ("a.jpg", made.picture("JPEG")), content="").json()["msg_type"] == "image"


def test_agents_and_the_employee_get_the_file_and_nobody_else(zhangwei, lina, wangqiang, sent):
    file = sent["attachments"][0]
    assert fetch(zhangwei, file).status_code == fetch(wangqiang, file).status_code == 200
    refused = fetch(lina, file)
    absent = fetch(lina, {"url": f"/attachments/{uuid.uuid4()}/"})
    assert refused.status_code == absent.status_code == 404
    assert body_of(refused) == body_of(absent)
    assert set(refused.headers) == set(absent.headers)


def test_who_is_not_signed_in_gets_no_file(sent):
    response = Client().get(sent["attachments"][0]["url"])
    assert response.status_code in {302, 401}
    assert b"PNG" not in response.content


def test_a_file_of_an_internal_note_never_reaches_the_employee(zhangwei, wangqiang, liyang, sent):
    file = note(wangqiang, sent["conversation_id"], ("内部.txt", b"secret of the desk")).json()["attachments"][0]
    assert fetch(liyang, file).status_code == 200
    refused = fetch(zhangwei, file)
    assert refused.status_code == 404
    assert body_of(refused) == body_of(fetch(zhangwei, {"url": f"/attachments/{uuid.uuid4()}/"}))


def test_an_agent_who_lost_the_role_loses_the_files_even_their_own(wangqiang, sent):
    file = note(wangqiang, sent["conversation_id"], ("我的.txt", b"x")).json()["attachments"][0]
    roles.revoke(wangqiang, "agent", channel="command")
    wangqiang = type(wangqiang).objects.get(pk=wangqiang.pk)
    assert fetch(wangqiang, file).status_code == 404
    assert fetch(wangqiang, sent["attachments"][0]).status_code == 404


def test_a_staged_file_is_its_owners_alone(zhangwei, wangqiang):
    attachment = stage(zhangwei, SimpleUploadedFile("a.txt", b"x"))
    address = {"url": f"/attachments/{attachment.pk}/"}
    assert fetch(zhangwei, address).status_code == 200
    assert fetch(wangqiang, address).status_code == 404


def test_nobody_sends_another_persons_file(zhangwei, lina):
    attachment = stage(zhangwei, SimpleUploadedFile("a.txt", b"x"))
    response = write(lina, upload_id=str(attachment.pk))
    assert response.status_code == 422
    assert Attachment.objects.get().message is None


def test_a_refused_message_leaves_no_file_behind(zhangwei, settings):
    response = write(zhangwei, ("a.txt", b"x"), content="长" * 8001)
    assert response.status_code == 422
    assert not Attachment.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_repeated_post_keeps_one_copy_of_its_file(zhangwei):
    client_id = str(uuid.uuid4())
    first = write(zhangwei, ("a.txt", b"x"), client_id=client_id)
    again = write(zhangwei, ("a.txt", b"x"), client_id=client_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Attachment.objects.count() == 1


def test_files_too_large_together_are_413_and_nothing_is_stored(zhangwei, settings):
    settings.UPLOAD_MAX_BYTES = 10
    assert write(zhangwei, ("a.txt", b"12345678"), ("b.txt", b"12345678")).status_code == 413
    assert not Attachment.objects.exists()
    assert not Message.objects.exists()
    assert write(zhangwei, ("a.txt", b"12345678")).status_code == 201


def test_too_many_uploads_are_put_off(zhangwei, settings):
    settings.RATE_UPLOAD = "2/m"
    assert write(zhangwei, ("a.txt", b"x"), ("b.txt", b"x")).status_code == 201
    put_off = write(zhangwei, ("c.txt", b"x"))
    assert put_off.status_code == 429
    assert int(put_off["Retry-After"]) > 0
    assert Attachment.objects.count() == 2


def test_one_file_is_sent_once(zhangwei, sent):
    assert write(zhangwei, upload_id=sent["attachments"][0]["id"]).status_code == 422
    assert Message.objects.filter(author=zhangwei).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", made.picture("PNG"), "image/png"),
        ("a.jpg", made.picture("JPEG"), "image/jpeg"),
        ("a.webp", made.picture("WEBP"), "image/webp"),
        ("a.gif", made.animation("GIF"), "image/gif"),
        ("a.pdf", made.PDF_HTML, "application/pdf"),
        ("svg.txt", made.SVG, "text/plain; charset=utf-8"),
        ("html.txt", made.HTML, "text/plain; charset=utf-8"),
        ("utf7.txt", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "text/plain; charset=utf-8"),
        ("utf16.txt", made.HTML.decode().encode("utf-16"), "text/plain; charset=utf-8"),
        ("a.json", b'{"a": "<script>"}', "text/plain; charset=utf-8"),
        ("a.csv", b"=cmd|' /C calc'!A0", "text/plain; charset=utf-8"),
        ("a.zip", made.archive("index.html"), "application/zip"),
    ],
    ids=made.named,
)
def test_no_browser_runs_what_is_served(zhangwei, name, content, kind):
    response = fetch(zhangwei, write(zhangwei, (name, content)).json()["attachments"][0])
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"].startswith("inline" if kind in INLINE else "attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, max-age=0"


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/html\r\nX: y", ""])
def test_a_wrong_row_can_not_become_a_page(zhangwei, sent, kind):
    Attachment.objects.update(content_type=kind)
    response = fetch(zhangwei, sent["attachments"][0])
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("a.svg", made.SVG),
        ("a.html", made.HTML),
        ("a.xml", b"<?xml version='1.0'?><x/>"),
        ("svg-as.png", made.SVG),
        ("html-as.jpg", made.HTML),
        ("html-as.gif", made.HTML),
        ("html-as.pdf", made.HTML),
        ("setup.exe", made.EXE),
        ("exe-as.png", made.EXE),
        ("exe-as.txt", made.EXE),
        ("elf-as.log", made.ELF),
        ("double.png.exe", made.EXE),
        ("run.bat", b"del *"),
        ("run.js", b"alert(1)"),
        ("zip-as.png", made.archive("a")),
        ("png-as.zip", made.picture("PNG")),
        ("binary.txt", b"abc\x00def"),
        ("truncated.png", made.picture("PNG", size=(300, 300))[:100]),
        ("truncated.jpg", made.picture("JPEG", size=(300, 300))[:400]),
        ("only-a-header.gif", b"GIF89a"),
        ("script-header.gif", made.GIF_SCRIPT[:20]),
        ("tiff-as.png", made.picture("TIFF")),
        ("bomb.png", made.png_bomb(7200)),
        ("bigger-bomb.png", made.png_bomb(13_000)),
        ("../../../etc/cron.d/x", made.EXE),
    ],
    ids=made.named,
)
def test_a_hostile_file_is_refused_readably_and_nothing_is_stored(zhangwei, name, content):
    response = write(zhangwei, (name, content))
    assert response.status_code == 422
    assert response.json()["reason"]
    assert not Attachment.objects.exists()
    assert not Conversation.objects.exists()


def test_too_large_is_413_with_a_reason(zhangwei, settings):
    settings.ATTACHMENT_MAX_BYTES = 1000
    response = write(zhangwei, ("a.txt", b"a" * 1001))
    assert response.status_code == 413
    assert "太大" in response.json()["reason"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["错误 日志.log", 'a"; filename="b.html".log', "a;b=c.log", "%0d%0aX-Evil: 1.log"])
def test_the_offered_name_stays_one_name(zhangwei, name):
    response = fetch(zhangwei, write(zhangwei, (name, b"x")).json()["attachments"][0])
    assert "\r" not in response["Content-Disposition"]
    assert "X-Evil" not in response.headers
    assert response["Content-Disposition"].startswith("attachment; filename")


def test_a_file_the_browser_has_is_not_sent_twice_but_asked_for_each_time(zhangwei, lina, sent):
    url = sent["attachments"][0]["url"]
    etag = door(zhangwei).get(url)["ETag"]
    again = door(zhangwei).get(url, HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, max-age=0"
    assert door(lina).get(url, HTTP_IF_NONE_MATCH=etag).status_code == 404


def test_a_file_missing_on_disk_is_absent(zhangwei, sent):
    attachment = Attachment.objects.get(pk=sent["attachments"][0]["id"])
    attachment.file.storage.delete(attachment.file.name)
    assert fetch(zhangwei, sent["attachments"][0]).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_file_can_only_be_read(zhangwei, sent, method):
    assert getattr(door(zhangwei), method)(sent["attachments"][0]["url"]).status_code == 405


@pytest.mark.parametrize("address", ["x", "1", "../../secret_key", "00000000-0000-0000-0000-00000000000g"])
def test_an_address_that_names_no_file_is_absent(zhangwei, address):
    assert door(zhangwei).get(f"/attachments/{address}/").status_code == 404
