"""Files that mean harm, each through the real door: refused with a reason, or harmless however they are asked for."""

import io
import os
import re
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.http import content_disposition_header
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from conversations import darkroom, file_kinds, jobs, pictures
from conversations.models import Attachment, Conversation
from conversations.models.attachment import stored_path, thumbnail_path
from conversations.picture_heads import is_light, jpeg_hides_more

from . import hostile_files as made

pytestmark = pytest.mark.django_db
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MEBIBYTE = 1 << 20


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return tmp_path


@pytest.fixture
def client(zhangwei):
    client = Client(headers={"Accept": "application/json"})
    client.force_login(zhangwei, backend="accounts.backends.WecomBackend")
    return client


@pytest.fixture
def prepared(django_capture_on_commit_callbacks):
    """`prepared(answer)`: what is made of the pictures of the message that the answer shows, is made."""

    def prepare(answer):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.prepare_pictures(answer.json()["id"])

    return prepare


def write(client, name, content):
    file = SimpleUploadedFile("a", content)
    file._name = name  # past Django's own cleaning: ours must stand alone
    return client.post("/itdesk/messages", {"client_id": uuid.uuid4(), "content": "见附件", "file": file})


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def stored_names():
    rows = Attachment.objects.values_list("file", "thumbnail")
    return sorted(name.rpartition("/")[2] for row in rows for name in row if name)


def test_there_are_enough_of_them():
    assert len(made.REFUSED) + len(made.TAKEN) >= 60


@pytest.mark.parametrize("name", made.REFUSED)
def test_it_is_refused_with_a_reason_and_nothing_stays(client, store, name):
    response = write(client, name, made.REFUSED[name])
    assert response.status_code == 422, name
    assert re.search("[\u4e00-\u9fff]", response.json()["reason"])
    assert not Attachment.objects.exists()
    assert not Conversation.objects.exists()
    assert files_in(store) == []


@pytest.mark.parametrize("name", made.TAKEN)
def test_it_is_made_harmless(client, store, prepared, name):
    response = write(client, name, made.TAKEN[name])
    assert response.status_code == 201, response.content
    prepared(response)
    [file] = client.get("/itdesk/messages", {"conversation_id": response.json()["conversation_id"]}).json()["messages"][
        0
    ]["attachments"]
    for address in {file["url"], f"{file['url']}?download", file["thumbnail_url"] or file["url"]}:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert {name: answer[name] for name in SAFE} == SAFE
        shown = answer["Content-Disposition"].startswith("inline")
        assert shown <= (answer["Content-Type"] in file_kinds.PICTURES)
        assert answer["Content-Type"] in file_kinds._SERVED | {"text/plain; charset=utf-8"}
        if file["width"]:
            assert made.CANARY not in answer.content
            assert b"<script" not in answer.content or file["content_type"] == "image/gif"
            assert max(Image.open(io.BytesIO(answer.content)).size) >= 1
    assert files_in(store / "media") == stored_names()
    assert files_in(store / "incoming") == []
    assert not Attachment.objects.filter(conversion="waiting").exists()
    assert not set("/\\\u202e\u2066\r\n\0") & set(file["name"])
    assert 0 < len(file["name"]) <= 150


@pytest.mark.parametrize("name", [name for name in made.TAKEN if name.endswith(("jpg", "png", "webp", "heic"))])
def test_what_it_says_beside_its_pixels_is_not_stored(client, store, prepared, name):
    prepared(write(client, name, made.TAKEN[name]))
    for path in (store / "media").rglob("*"):
        if path.is_file():
            assert made.CANARY not in path.read_bytes()
            assert name == "broken-heart.heic" or not Image.open(path).getexif()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("CON.txt", "_CON.txt"), ("nul.log", "_nul.log"), ("com1.tar.gz", "_com1.tar.gz"), ("console.txt", "console.txt")],
)
def test_a_name_that_windows_keeps_for_itself_gets_another_beginning(raw, shown):
    assert file_kinds.fitting_name(file_kinds.display_name(raw), "text/plain", "文件") == shown


@given(st.text(max_size=300) | st.from_regex(r"[\"';%\\/\r\n.\u202e\u2066a-z=长]{0,200}", fullmatch=True))
@hypothesis_settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_it_is_called_the_header_reads_back_and_the_path_stays_in_the_store(raw):
    name = file_kinds.fitting_name(file_kinds.display_name(raw), "text/plain", "文件")
    header = content_disposition_header(True, name)
    assert not set("\r\n") & set(header)
    assert offered(header) == name
    attachment = Attachment(id=uuid.uuid4())
    for path in (stored_path(attachment, raw), thumbnail_path(attachment, "jpg")):
        assert re.fullmatch(r"attachments/[0-9a-f]{2}/[0-9a-f]{32}(-small\.jpg)?", path)


def offered(header):
    """The name as a browser reads it (RFC 6266)."""
    extended = re.fullmatch(r"attachment; filename\*=utf-8''(.*)", header)
    if extended:
        return unquote(extended[1], errors="strict")
    plain = re.fullmatch(r'attachment; filename="((?:[^"\\]|\\.)*)"', header)
    return re.sub(r"\\(.)", r"\1", plain[1])


def noise(width, height):
    """A PNG of nearly twenty megabytes, with a comment that has to be taken out."""
    told, out = PngImagePlugin.PngInfo(), io.BytesIO()
    told.add_text("Comment", made.CANARY.decode())
    image = Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
    image.save(out, "PNG", pnginfo=told, compress_level=0)
    return out.getvalue()


WORST = {
    "fifty megapixels": lambda: made.png_bomb(7000, made.png_chunk(b"tEXt", b"Comment\0" + made.CANARY)),
    "fifty megapixels, plain": lambda: made.png_bomb(7000),
    "twenty megabytes": lambda: noise(2600, 2500),
    "as much as is looked at here": lambda: noise(1150, 1150),
    "forty thousand frames": lambda: made.png_of_many_frames(40_000),
    "ten thousand frames on a large screen": lambda: made.gif_of_many_frames(10_000, side=7000),
    "sixty packed texts": made.png_of_packed_texts,
    "of an iPhone": lambda: made.heic((1200, 900)),
}


def heavy_files():
    yield "packed texts.png", made.png_of_packed_texts(1)
    yield "a packed text behind the pixels.png", made.picture("PNG") + made.png_chunk(b"iTXt", b"")
    yield "many parts.jpg", made.jpeg_of_many_parts(200)
    yield "many scans.jpg", made.jpeg_of_many_scans(30)
    yield "scans behind nonsense.jpg", made.jpeg_of_many_scans(30, between=b"\x00")
    yield "scans behind a mark without a length.jpg", made.jpeg_of_many_scans(30, between=b"\xff\x01")
    yield "moving.png", made.animation("PNG")
    yield "moving.webp", made.animation("WEBP")
    yield "a frame larger than its screen.gif", made.gif_with_a_frame_of(3000)
    yield "large.webp", made.picture("WEBP", size=(2100, 2100))


def plain_files():
    yield "plain.png", made.picture("PNG")
    yield "said.png", made.picture("PNG", exif=made.exif())
    yield "plain.jpg", made.picture("JPEG")
    yield "progressive.jpg", made.picture("JPEG", progressive=True)
    yield "said.jpg", made.picture("JPEG", exif=made.exif())
    yield "plain.gif", made.picture("GIF")
    yield "moving.gif", made.animation("GIF")
    yield "plain.webp", made.picture("WEBP")
    yield "lossless.webp", made.picture("WEBP", lossless=True)
    yield "said.webp", made.picture("WEBP", exif=made.exif())


@pytest.mark.parametrize(("name", "content"), list(heavy_files()), ids=made.named)
def test_what_may_be_much_work_is_not_opened_in_this_process(client, monkeypatch, name, content):
    monkeypatch.setattr(pictures, "examine", lambda content: pytest.fail("it was opened here"))
    assert write(client, name, content).status_code in {201, 422}


@pytest.mark.parametrize(("name", "content"), list(plain_files()), ids=made.named)
def test_what_people_send_costs_no_process(client, monkeypatch, name, content):
    monkeypatch.setattr(darkroom, "_ask", lambda *words: pytest.fail("a process was started"))
    assert write(client, name, content).status_code == 201


@pytest.mark.parametrize("at", [2, -2], ids=["before a part", "in a scan"])
@pytest.mark.parametrize("end", [b"", b"\0", b"\xd0"])
def test_a_long_row_of_the_same_byte_is_walked_in_a_moment(at, end):
    data = made.picture("JPEG")
    began = time.process_time()
    is_light(data[:at] + b"\xff" * 400_000 + end + data[at:], darkroom.LIGHT_PIXELS)
    jpeg_hides_more(data[:at] + b"\xff" * 400_000 + end)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("where", ["file", "description"])
def test_the_boxes_of_an_iphones_picture_are_not_walked_without_end(client, store, where):
    """20 MB of them kept a request busy for seconds, and cost their sender nothing."""
    assert write(client, "a.heic", made.heic_of_many_boxes(100_000, where)).status_code == 422
    assert files_in(store) == []
    assert write(client, "a.heic", made.heic_of_many_boxes(500, where)).status_code == 201


def test_nobody_waits_for_ever_for_others_pictures(client, store, monkeypatch):
    monkeypatch.setattr(darkroom, "PATIENCE", 0.01)
    for content in (made.picture("PNG"), made.animation("PNG")):
        with darkroom._turns["examine"]:
            response = write(client, "a.png", content)
        assert (response.status_code, response["Retry-After"]) == (503, "3")
        assert "系统正忙" in response.json()["reason"]
    assert files_in(store) == []
    assert write(client, "a.png", content).status_code == 201


@pytest.mark.skipif(sys.platform != "linux", reason="Windows has no such limit")
def test_a_decoder_that_nobody_stops_ends_on_its_own():
    """As when the server is killed while it waits for one."""
    script = "from conversations import darkroom as d; d.CPU_SECONDS = 1; d._limit()\nwhile True: pass"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, timeout=60).returncode < 0


# A process of its own, or what pytest has used before would hide it; `VmHWM` and not `ru_maxrss`, which a process
# inherits from the one that began it.
MEASURE = """
import sys
from conversations import darkroom, pictures

def most():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

small, large, folder = sys.argv[1:]
for path in (small, large):
    before = most()
    with open(path, "rb") as content:
        for look in (
            lambda: darkroom.examined(content, folder=folder),
            lambda: darkroom.developed("shrink", content, folder=folder, seconds=60),
            lambda: darkroom.developed("convert", content, folder=folder, seconds=60),
        ):
            try:
                look()
            except pictures.BadPicture:
                pass
print(most() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process as Linux tells it")
@pytest.mark.parametrize("which", WORST)
def test_the_worst_of_them_cost_this_process_little_memory(store, which):
    small, large = store / "small", store / "large"
    small.write_bytes(made.picture("PNG"))
    large.write_bytes(WORST[which]())
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", MEASURE, small, large, store / "incoming"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) * 1024 < 50 * MEBIBYTE
    print(which, int(ran.stdout) // 1024, "MiB")
