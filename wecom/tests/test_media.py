"""Files to and from WeCom: names in UTF-8, bytes told from failures, and never more than was asked for (WECOM 1, 4)."""

import json
import re

import pytest
import responses

from wecom.client import Client
from wecom.errors import WecomError

BASE = "https://qyapi.example/cgi-bin"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token(settings):
    settings.WECOM_API_BASE = BASE
    with responses.mock:
        responses.get(f"{BASE}/gettoken", json={"access_token": "t", "expires_in": 7200})
        yield


def answers(body, **headers):
    kind = headers.pop("content_type", "application/json; charset=UTF-8")
    responses.get(f"{BASE}/media/get", body=body, content_type=kind, headers=headers)


@pytest.mark.parametrize("named", ['attachment; filename="%s"', "attachment; filename=%s"])
def test_it_takes_a_file_with_its_name_in_utf8(named):
    header = (named % "打印机.png").encode().decode("latin-1")
    answers(PNG, content_type="image/png", **{"Content-Disposition": header})
    media = Client().media("M1")
    assert (media.name, media.content_type, media.content) == ("打印机.png", "image/png", PNG)
    assert PNG.decode("latin-1")[:5] not in repr(media)


def test_it_tells_a_file_of_json_from_a_failure():
    body = json.dumps({"errcode": 40007, "errmsg": "mine"})
    answers(body, **{"Content-Disposition": 'attachment; filename="faults.json"'})
    assert Client().media("M1").content == body.encode()


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_it_tells_a_failure_from_a_file(kind):
    answers('{"errcode": 40007, "errmsg": "invalid media_id"}', content_type=kind)
    with pytest.raises(WecomError) as caught:
        Client().media("M1")
    assert (caught.value.code, caught.value.permanent) == (40007, True)


def test_it_takes_no_success_without_a_file_for_one():
    answers('{"errcode": 0, "errmsg": "ok"}')
    with pytest.raises(WecomError) as caught:
        Client().media("M1")
    assert caught.value.code == "garbled"


def test_it_stops_reading_a_file_that_is_too_big():
    answers(bytes(300_000), content_type="image/png", **{"Content-Disposition": 'attachment; filename="a.png"'})
    with pytest.raises(WecomError) as caught:
        Client().media("M1", most=200_000)
    assert (caught.value.code, caught.value.permanent) == ("too_big", True)


def test_it_uploads_with_the_name_that_people_will_see():
    responses.post(f"{BASE}/media/upload", json={"errcode": 0, "errmsg": "", "type": "file", "media_id": "M9"})
    assert Client().upload_media("file", '说明 "一".pdf', b"%PDF-1.7", "application/pdf") == "M9"
    request = responses.calls[-1].request
    assert "type=file" in request.url
    assert 'name="media"; filename="说明 %22一%22.pdf"\r\nContent-Type: application/pdf'.encode() in request.body
    assert re.match("multipart/form-data; boundary=", request.headers["Content-Type"])


def test_it_hands_out_everything_that_a_send_answers():
    answer = {"errcode": 0, "invaliduser": "lina", "unlicenseduser": "wu", "msgid": "m", "response_code": "r"}
    responses.post(f"{BASE}/message/send", json=answer)
    assert Client().send_message({"touser": "a|b"}) == answer


@pytest.mark.parametrize("ticket", ["jsapi_ticket", "agent_ticket"])
def test_it_takes_no_ticket_without_a_life_for_one(ticket):
    path = {"jsapi_ticket": "get_jsapi_ticket", "agent_ticket": "ticket/get"}[ticket]
    responses.get(f"{BASE}/{path}", json={"errcode": 0, "ticket": "T", "expires_in": 7200})
    assert getattr(Client(), ticket)() == ("T", 7200)
    responses.replace("GET", f"{BASE}/{path}", json={"errcode": 0, "ticket": "T"})
    with pytest.raises(WecomError) as caught:
        getattr(Client(), ticket)()
    assert caught.value.code == "garbled"
