"""Whatever comes in: a clear answer, nothing stored, and nobody else is harmed (issue 2, "Bad input")."""

import base64
import html
import io
import json
import os
import re
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from conversations import darkroom, pictures
from conversations.body import body_html
from conversations.models import Attachment, Conversation, Event, Message
from jobs.models import Job
from jobs.tests.test_killed_worker import database_url
from tests.processes import Server, ended
from tests.settings import DATA_DIR

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
FRAGMENT = {"Accept": "text/html", "HX-Request": "true"}
NOBODYS = "3f2b1c9e-0000-4000-8000-000000000000"


class Door:
    """One person's way to write: `post(**fields)` at `path`."""

    def __init__(self, user, path):
        self.path, self.client = path, Client(raise_request_exception=False)
        self.client.force_login(user, backend="accounts.backends.WecomBackend")

    def post(self, headers=JSON, **fields):
        fields = {"client_id": str(uuid.uuid4()), "content": "正常的话", **fields}
        return self.client.post(self.path, fields, headers=headers)


@pytest.fixture
def conversation(lina):
    """lina's, so that zhangwei is the stranger to it."""
    return Door(lina, "/itdesk/messages").post(content="第一句").json()["conversation_id"]


@pytest.fixture(params=["employee", "agent"])
def door(request, conversation, lina, wangqiang):
    if request.param == "employee":
        return Door(lina, "/itdesk/messages")
    return Door(wangqiang, f"/agent/conversations/{conversation}/messages")


@pytest.fixture
def unchanged(conversation):
    """Nothing is stored by this test beyond lina's first words."""
    kinds = (Conversation, Message, Event, Attachment, Job)
    before = [kind.objects.count() for kind in kinds]
    yield
    assert [kind.objects.count() for kind in kinds] == before


@pytest.mark.parametrize(
    "fields",
    [
        {"content": ""},
        {"content": "   "},
        {"content": "\u3000\u00a0\t\r\n"},
        {"content": "\u200b\u200e\u202e\ufeff\0\x07"},
        {"content": "字" * 8001},
        {"content": "字" * 100_000},
        {"content": "half a character \ufffd"},
        {"client_id": ""},
        {"client_id": "1"},
        {"client_id": "not-a-uuid-at-all-but-thirty-six-long"},
        {"client_id": "{3f2b1c9e-0000-4000-8000-000000000000}"},
        {"client_id": "urn:uuid:3f2b1c9e-0000-4000-8000-000000000000"},
        {"client_id": "'; DROP TABLE conversations_message; --"},
        {"client_id": "x" * 10_000},
        {"msg_type": "html"},
        {"msg_type": "system"},
        {"msg_type": "image"},
        {"upload_id": NOBODYS},
        {"upload_id": "x"},
        {"upload_id": "\0"},
    ],
    ids=lambda fields: ascii(fields)[1:40],
)
def test_it_is_refused_with_a_readable_reason(door, unchanged, fields):
    answer = door.post(**fields)
    assert answer.status_code in {413, 422}, answer.content
    assert set(answer.json()) == {"error", "reason"}
    assert re.search(r"[\u4e00-\u9fff]", answer.json()["reason"])
    fragment = door.post(headers=FRAGMENT, **fields)
    assert fragment.status_code == answer.status_code
    assert b'class="refusal"' in fragment.content


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\x80abc", "中文".encode("gb18030")], ids=repr)
@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=cut"])
def test_broken_utf8_is_refused(door, unchanged, raw, form):
    client_id = str(uuid.uuid4()).encode()
    if form.startswith("multipart"):
        part = b'--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        body = part % (b"client_id", client_id) + part % (b"content", raw) + b"--cut--\r\n"
    else:
        body = b"client_id=" + client_id + b"&content=" + b"".join(b"%%%02X" % byte for byte in raw)
    answer = door.client.post(door.path, body, content_type=form, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_encoding")


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"{}", "application/json"),
        (b"[", "application/json"),
        (b"", "multipart/form-data; boundary=cut"),
        (b"--cut\r\nnonsense", "multipart/form-data; boundary=cut"),
        (b"", "multipart/form-data"),
        (b"&" * 1000, "application/x-www-form-urlencoded"),
        (b"content=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(1000)), "application/x-www-form-urlencoded"),
        (b"content=%E6%9C%89&client_id=x", "application/x-www-form-urlencoded; charset=utf-7"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_a_body_of_another_shape_is_refused(door, unchanged, body, form):
    answer = door.client.post(door.path, body, content_type=form, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert answer.json()["reason"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_another_method_is_refused(door, unchanged, method):
    assert getattr(door.client, method)(door.path).status_code == 405


# Other people's things -------------------------------------------------------------------------------------------------
def test_a_foreign_conversation_takes_no_words(conversation, unchanged, zhangwei):
    for foreign in (conversation, NOBODYS):
        answer = Door(zhangwei, "/itdesk/messages").post(conversation_id=foreign)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize("malformed", ["x", "1", "../../etc/passwd", "\0", "１２３", "0" * 5000])
def test_a_malformed_conversation_id_is_refused(conversation, unchanged, lina, malformed):
    answer = Door(lina, "/itdesk/messages").post(conversation_id=malformed)
    assert answer.status_code in {404, 422}
    assert answer.json()["reason"]
    answer = Door(lina, "/itdesk/messages").client.get("/itdesk/messages", {"conversation_id": malformed}, headers=JSON)
    assert answer.status_code in {404, 422}


def test_the_agents_addresses_refuse_an_employee(conversation, unchanged, lina):
    agents = f"/agent/conversations/{conversation}"
    door = Door(lina, f"{agents}/messages")
    assert door.post().status_code == 403
    assert door.post(internal="true").status_code == 403
    for action in ("claim", "release", "transfer", "resolve", "reopen", "read"):
        assert door.client.post(f"{agents}/{action}", headers=JSON).status_code == 403
    for path in ("/agent/", "/agent/conversations", "/agent/counts", "/admin/", f"{agents}/", f"{agents}/person"):
        assert door.client.get(path, headers=JSON).status_code == 403


def test_an_agent_cannot_write_as_the_employee_of_a_conversation(conversation, unchanged, wangqiang):
    assert Door(wangqiang, "/itdesk/messages").post(conversation_id=conversation).status_code == 404


def test_a_reused_client_id_gets_the_first_message_again(door):
    client_id = str(uuid.uuid4())
    first = door.post(content="一", client_id=client_id)
    again = door.post(content="<b>别的</b>", client_id=client_id.upper())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Message.objects.filter(client_id=client_id).count() == 1


def test_a_colleagues_client_id_is_no_way_to_their_message(door, zhangwei):
    client_id = str(uuid.uuid4())
    door.post(content="别人的话", client_id=client_id)
    answer = Door(zhangwei, "/itdesk/messages").post(content="我的话", client_id=client_id)
    assert (answer.status_code, answer.json()["content"]) == (201, "我的话")


# Shown as harmless text ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg/onload=alert(1)>',
        "</article></body><h1>假的</h1>",
        "javascript:alert(1) data:text/html,<b>x</b>",
        'https://example.com/"onmouseover="alert(1)',
        "```\n</code></pre><script>alert(1)</script>\n```",
        "{{ 7 * 7 }} {% debug %} ${7*7}",
        "&lt;b&gt; &amp;amp;",
    ],
)
def test_markup_is_shown_as_it_was_typed(door, words):
    bubble = door.post(headers=FRAGMENT, content=words).content.decode()
    tags = set(re.findall(r"<([a-z0-9]+)", bubble))
    assert tags <= {"article", "p", "span", "div", "time", "a", "pre", "code", "button"}
    assert set(re.findall(r'href="([^:"]*):', bubble)) <= {"https"}
    assert not re.search(r"<[^>]*\son[a-z]+=", bubble)
    plain = html.unescape(re.sub(r"<[^>]*>", "", bubble))
    for line in words.replace("```", "").split("\n"):
        assert line in plain


def test_control_characters_and_turned_writing_are_made_visible(door):
    answer = door.post(content="a\0b\x07c\x1b[31md \u202egpj.exe\u2066 e\x7f").json()
    bubble = door.client.get(
        door.path, {"conversation_id": answer["conversation_id"]}, headers=FRAGMENT
    ).content.decode()
    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", bubble.replace("\n", ""))
    for shown in ("a␀b␇c␛[31md", "⟦U+202E⟧gpj.exe⟦U+2066⟧", "e␡"):
        assert shown in bubble


def test_right_to_left_words_do_not_turn_the_page_round(door):
    bubble = door.post(headers=FRAGMENT, content="مرحبا IT").content.decode()
    assert re.search(r'<p class="words" dir="auto">مرحبا IT</p>', bubble)


def test_a_hostile_name_is_text_wherever_it_stands(lina, wangqiang):
    lina.name = '<script>alert(1)</script>"\u202e'
    lina.save()
    asked = Door(lina, "/itdesk/messages").post(content="<i>主题</i>").json()
    console = Door(wangqiang, "/agent/").client
    for path in ("/agent/", f"/agent/conversations/{asked['conversation_id']}/"):
        page = console.get(path, headers={"Accept": "text/html"}).content.decode()
        assert "<script>alert(1)" not in page
        assert "<i>主题" not in page
        assert "&lt;i&gt;主题" in page


# Through a real server -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def served(django_db_setup, django_db_blocker):
    """`manage.py serve` on this test's database; sessions made here are good there."""

    with django_db_blocker.unblock():
        address = database_url()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": address,
        "DATA_DIR": str(DATA_DIR),
    }
    server = Server(environment, "--no-worker")
    with ended(server):
        yield server


def listen(served, user, path="/ws/desk/"):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    line = connect(served.url.replace("http", "ws") + path, additional_headers={"Cookie": cookie}, max_size=None)
    assert json.loads(line.recv(timeout=10))["type"] == "hello"
    return line


def ended_by(line, act):
    """Whether the server ends this line because of what `act` sends. TimeoutError when it answers nothing."""
    try:
        act()
        line.recv(timeout=10)
    except ConnectionClosed:
        return True
    return False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [4097, 1024 * 1024])
@pytest.mark.parametrize("kind", [str, bytes])
def test_a_frame_that_is_too_large_ends_its_own_socket_and_no_other(served, zhangwei, lina, size, kind):
    huge = "x" * size if kind is str else b"x" * size
    with listen(served, zhangwei) as sender, listen(served, lina) as bystander:
        assert ended_by(sender, lambda: sender.send(huge))
        bystander.send('{"type": "nonsense"}')
        assert json.loads(bystander.recv(timeout=10)) == {"type": "error", "error": "bad_frame"}
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "frame", ["", "null", "{", '{"type": "claim"}', '{"type": "watch"}', b"\x00\x01", b"\xff" * 100]
)
def test_an_unknown_frame_is_answered_and_the_socket_stays(served, zhangwei, frame):
    with listen(served, zhangwei) as page:
        for _ in range(2):
            page.send(frame)
            assert json.loads(page.recv(timeout=10)) == {"type": "error", "error": "bad_frame"}


@pytest.mark.django_db(transaction=True)
def test_a_text_frame_that_is_no_utf8_ends_the_socket_alone(served, zhangwei, lina):
    with listen(served, zhangwei) as sender, listen(served, lina) as bystander:
        assert ended_by(sender, lambda: sender.send(b"\xff\xfe\xfd", text=True))
        bystander.send("{")
        assert json.loads(bystander.recv(timeout=10))["type"] == "error"


@pytest.mark.parametrize("spelled", ["true", "True", "1", "on", "YES"])
def test_a_note_stays_a_note_however_yes_is_spelled(conversation, wangqiang, spelled):
    answer = Door(wangqiang, f"/agent/conversations/{conversation}/messages").post(internal=spelled)
    assert (answer.status_code, answer.json()["internal"]) == (201, True)


@pytest.mark.parametrize("spelled", ["ja", "null", "2", "true,", "y"])
def test_what_is_neither_yes_nor_no_is_refused_rather_than_shown_to_the_employee(
    conversation, unchanged, wangqiang, spelled
):
    answer = Door(wangqiang, f"/agent/conversations/{conversation}/messages").post(internal=spelled)
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_flag")


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "rot13", "undefined", "latin-1", "utf-16"])
def test_a_form_in_another_charset_is_refused(lina, unchanged, charset):
    door = Door(lina, "/itdesk/messages")
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("client_id", uuid.uuid4()) + part.format("content", "\\ud800") + "--x--\r\n"
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = door.client.generic("POST", door.path, body, content_type=kind, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_an_address_in_another_charset_is_refused(wangqiang):
    door = Door(wangqiang, "/agent/conversations?q=%5Cud800")
    answer = door.client.get(door.path, headers={**JSON, "Content-Type": "text/plain; charset=unicode_escape"})
    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["conversations?view=all&q=%00", "?q=%00", "canned?q=%00"])
def test_a_search_for_a_character_that_no_database_stores_finds_as_without_it(wangqiang, address):
    assert Door(wangqiang, "").client.get(f"/agent/{address}", headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "place",
    [
        b'["0001-01-01T00:00:00+23:59", "3f2b1c9e-0000-4000-8000-000000000000"]',
        b'["9999-12-31T23:59:59-23:59", "3f2b1c9e-0000-4000-8000-000000000000"]',
        b"[" * 5000,
        b"9" * 5000,
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(wangqiang, place):
    cursor = base64.urlsafe_b64encode(place).decode()
    answer = Door(wangqiang, "").client.get("/agent/conversations", {"view": "all", "cursor": cursor}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_cursor")


def test_many_unclosed_code_blocks_are_read_once():
    started = time.process_time()
    body_html("```a\n" * 1600)
    assert time.process_time() - started < 0.05


@pytest.mark.django_db(transaction=True)
def test_a_broken_form_is_answered_in_words_by_us(served):
    """And not by Twisted, which would read every form before us, on the loop that serves everybody."""
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
    answer = requests.post(f"{served.url}/itdesk/messages", data=b"no part at all", headers=kind, timeout=10)
    assert answer.status_code in {400, 401, 403}
    assert answer.json()["reason"]


@pytest.mark.parametrize("light", [True, False], ids=["light", "heavy"])
def test_pictures_are_decoded_one_after_the_other(monkeypatch, tmp_path, light):
    """Memory: one of the permitted size takes 375 MB, and one person may send many at once."""
    both_inside = threading.Barrier(2)

    def decode(*_):
        with pytest.raises(threading.BrokenBarrierError):
            both_inside.wait(0.2)
        return {"width": 1, "height": 1}

    monkeypatch.setattr(darkroom, "is_light", lambda data, most_pixels: light)
    monkeypatch.setattr(pictures, "examine", decode)
    monkeypatch.setattr(darkroom, "_ask", decode)
    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(darkroom.examined, io.BytesIO(b"x"), folder=tmp_path) for _ in range(2)]
        assert all(look.result() for look in looks)
