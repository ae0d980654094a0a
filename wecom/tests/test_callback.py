"""The door that WeCom knocks at: what it lets in, and what it says about it."""

import json
import logging
import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.counters import Breaker
from conversations.models import Message
from jobs.models import Job
from wecom import callback, envelope
from wecom.inbound import receiving
from wecom.models import Inbound

from .callbacks import Phone, sealed_text, xml

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
URL_CHECK, OFFICIAL = VECTORS["decrypt"]
OTHER_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_line_is_logged(monkeypatch):
    for name in ("_forgeries", "_unreadables", "_skews"):
        monkeypatch.setattr(callback, name, Breaker())


@pytest.fixture
def phone(settings):
    return Phone(settings)


@pytest.fixture
def at_the_time_of(settings, monkeypatch):
    """The settings and the clock of a known value."""

    def turn_back(vector, by=0):
        settings.WECOM_CORP_ID = vector["receiveid"]
        settings.WECOM_CALLBACK_TOKEN = vector["token"]
        settings.WECOM_CALLBACK_AES_KEY = vector["encoding_aes_key"]
        monkeypatch.setattr(envelope, "clock", lambda: int(vector["timestamp"]) + by)
        return {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}

    return turn_back


def check_url(query, echostr):
    """GET as WeCom does it when an administrator saves the address."""
    rest = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return Client().get(f"/wecom/callback?{rest}&echostr={echostr}")


@pytest.mark.parametrize("spelt", [lambda text: quote(text, safe=""), lambda text: text], ids=["escaped", "plus"])
def test_it_repeats_what_the_official_check_asks_for(at_the_time_of, spelt):
    query = at_the_time_of(URL_CHECK)
    assert "+" in URL_CHECK["encrypt"]
    response = check_url(query, spelt(URL_CHECK["encrypt"]))
    assert (response.status_code, response.content) == (200, URL_CHECK["plaintext"].encode())
    assert response["Content-Type"].startswith("text/plain")


def test_it_repeats_any_bytes_exactly(phone):
    query, body = phone.envelope(b"\xef\xbb\xbf \x00 <b>\n")
    encrypt = sealed_text(body)
    assert check_url(query, quote(encrypt, safe="")).content == b"\xef\xbb\xbf \x00 <b>\n"


def test_it_keeps_the_official_message(at_the_time_of):
    query = at_the_time_of(OFFICIAL)
    response = Client().post(f"/wecom/callback?{_joined(query)}", OFFICIAL["post_body"], content_type="text/xml")
    assert (response.status_code, response.content) == (200, b"")
    entry = Inbound.objects.get()
    assert (entry.userid, entry.kind, entry.text("Content")) == ("mycreate", "text", "hello")
    assert entry.sent_at.timestamp() == 1409659813


@pytest.mark.parametrize("vector", VECTORS["encrypt_fixed_random"], ids=lambda vector: vector["name"])
def test_it_keeps_the_other_known_envelopes(at_the_time_of, vector):
    query = at_the_time_of(vector)
    body = xml({"Encrypt": vector["encrypt"]})
    assert Client().post(f"/wecom/callback?{_joined(query)}", body, content_type="text/xml").status_code == 200
    assert Inbound.objects.get().userid == "zhangsan"


def _joined(query):
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


@pytest.mark.parametrize("body", [
    "<xml><Encrypt>{}</Encrypt></xml>",
    "<xml><Encrypt><![CDATA[{}]]></Encrypt><ToUserName>x</ToUserName></xml>",
    "<xml>\n<AgentID>1000002</AgentID>\n<ToUserName><![CDATA[x]]></ToUserName>\n<Encrypt><![CDATA[{}]]></Encrypt>\n</xml>\n",
    '<?xml version="1.0" encoding="UTF-8"?><xml><Encrypt>{}</Encrypt></xml>',
], ids=["alone", "first", "last", "declared"])  # fmt: skip
def test_the_order_of_the_children_does_not_count_and_only_one_is_needed(phone, body):
    query, whole = phone.envelope(phone.message("zhangwei", "text", Content="打印机坏了"))
    encrypt = sealed_text(whole)
    response = phone.send(query, body.format(encrypt))
    assert (response.status_code, response.content) == (200, b"")
    assert Inbound.objects.get().text("Content") == "打印机坏了"


def test_it_is_open_without_a_session_or_a_csrf_token_and_nothing_else_is(phone):
    assert phone.writes("zhangwei", "x").status_code == 200
    assert Client(enforce_csrf_checks=True).post("/itdesk/messages", {"content": "x"}).status_code in {401, 403}
    for method in ("put", "delete", "patch", "options"):
        assert getattr(Client(), method)("/wecom/callback").status_code == 405


def test_it_stores_the_entry_and_its_job_together(phone, monkeypatch):
    phone.writes("zhangwei", "x")
    entry, job = Inbound.objects.get(), Job.objects.get(name=receiving.RECEIVE)
    assert job.args == {"inbound_id": entry.pk}
    monkeypatch.setattr(receiving, "enqueue", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        phone.writes("zhangwei", "y")
    assert Inbound.objects.count() == 1  # else it would be a copy for WeCom's next try, and nobody would work on it


def test_it_does_no_work_in_weCom_s_request(phone, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        phone.writes("zhangwei", "x")
    assert not Message.objects.exists()


def test_forgeries_are_slowed_down_and_wecom_is_not(phone, settings):
    settings.RATE_CALLBACK = "3/m"
    forged = {"msg_signature": "0" * 40, "timestamp": str(int(time.time())), "nonce": "1"}
    statuses = [phone.send(forged, "<xml><Encrypt>x</Encrypt></xml>").status_code for _ in range(5)]
    assert statuses == [400, 400, 400, 429, 429]
    assert phone.writes("zhangwei", "from the same address").status_code == 200
    assert phone.send(forged, "<xml/>").status_code == 429


def test_a_clock_that_goes_wrong_is_told_while_it_still_works(phone, caplog):
    caplog.set_level(logging.ERROR)
    phone.send(*phone.envelope(phone.message("zhangwei", "text", Content="x"), at=time.time() - 120))
    (seconds,) = re.findall(r"ours are (-\d+) seconds apart", caplog.text)
    assert -180 < int(seconds) <= -120


def test_nothing_secret_is_logged(phone, settings, caplog):
    caplog.set_level(logging.DEBUG)
    query, body = phone.envelope(phone.message("zhangwei", "text", Content="我的密码是 hunter2"))
    phone.send(query, body)
    phone.send({**query, "msg_signature": "0" * 40}, body)
    phone.send(query, "<xml>")
    phone.post("no xml hunter2")
    encrypt = sealed_text(body)
    secrets = [
        settings.WECOM_CALLBACK_TOKEN,
        settings.WECOM_CALLBACK_AES_KEY,
        encrypt,
        query["msg_signature"],
        "hunter2",
    ]
    told = "\n".join(
        f"{each.getMessage()} {each.args} {each.exc_info}" for each in caplog.records if each.name.startswith("wecom")
    )
    assert told
    assert [secret for secret in secrets if secret in told] == []
