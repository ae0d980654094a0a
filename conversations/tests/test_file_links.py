"""Files for viewers without a cookie, texts in a dialog, nginx, buckets and scanners."""

import sys
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import roles
from conversations import attachments, jobs
from conversations.attachments import stage
from conversations.errors import Refused
from conversations.models import Attachment
from conversations.plain_text import PREVIEW_BYTES

from . import hostile_files as made

pytestmark = pytest.mark.django_db
IN_WECOM = "Mozilla/5.0 Chrome/116.0.0.0 Mobile Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh"
FRAGMENT = {"HTTP_ACCEPT": "text/html", "HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


def door(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def sent(user, name="错误.log", content=b"0x80070005"):
    fields = {"client_id": uuid.uuid4(), "content": "见附件", "file": SimpleUploadedFile(name, content)}
    response = door(user).post("/itdesk/messages", fields, HTTP_ACCEPT="application/json")
    assert response.status_code == 201, response.content
    return response.json()["attachments"][0]


def signed_for(user, file, address=None):
    response = door(user).get(address or file["url"], HTTP_USER_AGENT=IN_WECOM)
    assert response.status_code == 303
    return response["Location"]


# Signed addresses ----------------------------------------------------------------------------------------------------
def test_an_in_app_browser_is_sent_to_an_address_that_needs_no_cookie(zhangwei):
    file = sent(zhangwei)
    address = signed_for(zhangwei, file)
    assert address.startswith(f"/files/{file['id']}?signed=")
    response = Client().get(address)
    assert (response.status_code, response.content) == (200, b"0x80070005")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_pictures_for_the_page_keep_the_cookie_and_are_signed_for_saving_only(zhangwei):
    file = sent(zhangwei, "a.png", made.picture("PNG"))
    assert door(zhangwei).get(file["url"], HTTP_USER_AGENT=IN_WECOM).status_code == 200
    response = Client().get(signed_for(zhangwei, file, f"{file['url']}?download"))
    assert response["Content-Disposition"].startswith("attachment")


def test_an_ordinary_browser_is_not_sent_anywhere(zhangwei):
    assert door(zhangwei).get(sent(zhangwei)["url"]).status_code == 200


def test_a_signed_address_ends_after_five_minutes(zhangwei):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        address = signed_for(zhangwei, sent(zhangwei))
    with time_machine.travel(now + timedelta(minutes=4, seconds=58), tick=False):
        assert Client().get(address).status_code == 200
    with time_machine.travel(now + timedelta(minutes=5, seconds=2), tick=False):
        response = Client().get(address, HTTP_ACCEPT="application/json")
        assert (response.status_code, response.json()["error"]) == (403, "link_expired")


def test_a_signed_address_opens_one_file_for_one_person(zhangwei, wangqiang):
    file, other = sent(zhangwei), sent(zhangwei, "另一个.log", b"secret")
    signed = signed_for(zhangwei, file).partition("?")[2]
    for address in (f"/files/{other['id']}?{signed}", f"/files/{file['id']}", f"/files/{file['id']}?{signed}x"):
        assert Client().get(address).status_code == 403
        assert door(zhangwei).get(address).status_code == 403


def test_a_signed_address_gives_nothing_to_who_lost_the_right(zhangwei, wangqiang):
    file = sent(zhangwei)
    address = signed_for(wangqiang, file)
    assert Client().get(address).status_code == 200
    roles.revoke(wangqiang, "agent", channel="command")
    assert Client().get(address).status_code == 404
    address = signed_for(zhangwei, file)
    type(zhangwei).objects.filter(pk=zhangwei.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_a_stranger_gets_no_signed_address(zhangwei, lina):
    assert door(lina).get(sent(zhangwei)["url"], HTTP_USER_AGENT=IN_WECOM).status_code == 404


# Texts ---------------------------------------------------------------------------------------------------------------
def preview(user, file):
    return door(user).get(f"{file['url']}text/", **FRAGMENT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_whatever_it_is_written_in(zhangwei, encoding):
    words = "打印机脱机 offline\r\n第二行"
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    html = preview(zhangwei, sent(zhangwei, "a.txt", (mark + words).encode(encoding))).content.decode()
    assert "<code>打印机脱机 offline\n第二行</code>" in html


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_of_a_long_text_the_beginning_is_shown_and_no_half_character(zhangwei, encoding):
    content = ("长" * 40_000 + "完").encode(encoding)
    for shift in range(3):
        pad = b"a" * shift if encoding != "utf-16" else b""
        html = preview(zhangwei, sent(zhangwei, "a.log", pad + content)).content.decode()
        assert "只显示开头 64 KB" in html
        assert "完" not in html
        assert "\ufffd" not in html
        assert html.count("长") >= PREVIEW_BYTES // 3 - 2


def test_nothing_in_a_text_is_markup_or_turns_it_round(zhangwei):
    html = preview(zhangwei, sent(zhangwei, "a.txt", "</code><script>alert(1)</script>\u202e\x1b[31m".encode()))
    html = html.content.decode()
    assert "<script" not in html
    assert "&lt;/code&gt;&lt;script&gt;" in html
    assert "⟦U+202E⟧␛[31m" in html


def test_only_a_text_is_shown_as_one_and_only_to_who_may_see_it(zhangwei, lina, wangqiang):
    text, archive = sent(zhangwei), sent(zhangwei, "a.zip", made.archive("a.txt"))
    assert preview(wangqiang, text).status_code == 200
    assert preview(lina, text).status_code == 404
    assert preview(zhangwei, archive).status_code == 404
    # Without our scripts the address leads to the file.
    assert door(zhangwei).get(f"{text['url']}text/", HTTP_ACCEPT="text/html")["Location"] == text["url"]


# Where files lie -----------------------------------------------------------------------------------------------------
def test_nginx_is_told_what_to_send_and_how(zhangwei, lina, settings):
    settings.FILES_ACCEL = "/protected/"
    file = sent(zhangwei, "报告.txt", b"x")
    response = door(zhangwei).get(file["url"])
    stored = Attachment.objects.get().file.name
    assert (response.content, response["X-Accel-Redirect"]) == (b"", f"/protected/{stored}")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in door(lina).get(file["url"])


class Bucket(InMemoryStorage):
    """A storage that knows no paths, as one of objects in a bucket does."""

    def _relative_path(self, name):
        return name

    def path(self, name):
        raise NotImplementedError


@pytest.fixture
def bucket(monkeypatch):
    storage = Bucket()
    for name in ("file", "thumbnail"):
        monkeypatch.setattr(Attachment._meta.get_field(name), "storage", storage)
    return storage


def test_files_may_lie_in_a_storage_without_paths(zhangwei, bucket, settings, store):
    settings.FILES_ACCEL = "/protected/"
    file = sent(zhangwei, "a.heic", made.heic())
    message = Attachment.objects.get().message
    jobs.prepare_pictures(str(message.pk))
    picture = door(zhangwei).get(file["url"])
    assert (picture["Content-Type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert preview(zhangwei, sent(zhangwei)).status_code == 200
    assert not store.exists()
    left = stage(zhangwei, SimpleUploadedFile("a.txt", b"x"))
    Attachment.objects.filter(pk=left.pk).delete()
    Attachment.objects.filter(message=None).delete()
    assert attachments.sweep(timezone.now() + timedelta(hours=25))[1] >= 1
    assert not bucket.exists(left.file.name)


# A scanner -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def scanner(settings, tmp_path):
    """`scanner("code")`: a scanner that is a line of Python; `data` is what lies at the path it was given."""

    def set_up(line):
        script = tmp_path / "scanner.py"
        script.write_text(f"import sys, time\ndata = open(sys.argv[1], 'rb').read()\n{line}\n", encoding="utf-8")
        settings.SCAN_COMMAND = [sys.executable, str(script)]

    return set_up


def test_what_the_scanner_finds_is_refused_before_anybody_can_see_it(zhangwei, scanner, store):
    scanner("sys.exit(1 if b'EICAR' in data else 0)")
    assert stage(zhangwei, SimpleUploadedFile("a.txt", b"clean")).size == 5
    with pytest.raises(Refused) as refused:
        stage(zhangwei, SimpleUploadedFile("b.txt", b"EICAR"))
    assert (refused.value.status, refused.value.code) == (422, "file_infected")
    assert Attachment.objects.count() == 1
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("line", ["sys.exit(2)", "sys.exit(9)", "time.sleep(60)"])
def test_a_scanner_that_cannot_tell_lets_nothing_pass(zhangwei, scanner, settings, line):
    settings.SCAN_SECONDS = 1
    scanner(line)
    with pytest.raises(Refused) as refused:
        stage(zhangwei, SimpleUploadedFile("a.txt", b"x"))
    assert (refused.value.status, refused.value.code) == (503, "scan_unavailable")
    assert not Attachment.objects.exists()


def test_a_scanner_that_is_not_there_lets_nothing_pass(zhangwei, settings):
    settings.SCAN_COMMAND = ["/nowhere/scan"]
    with pytest.raises(Refused) as refused:
        stage(zhangwei, SimpleUploadedFile("a.txt", b"x"))
    assert refused.value.status == 503
