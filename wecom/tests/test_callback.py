"""The door that WeCom knocks at: what it lets in, and that nothing else gets in or learns anything."""

import json
import logging
import random
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.counters import Breaker
from conversations.models import Message
from jobs.models import Job
from wecom import callback, envelope
from wecom.inbound import receiving, registry
from wecom.models import Inbound

from .callbacks import Phone, xml
from .conftest import at_once

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
URL_CHECK, OFFICIAL = VECTORS["decrypt"]
OTHER_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
REFUSAL = b"bad request"

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


def is_refused(response):
    return (response.status_code, response.content) == (400, REFUSAL)


@pytest.mark.parametrize("spelt", [lambda text: quote(text, safe=""), lambda text: text], ids=["escaped", "plus"])
def test_it_repeats_what_the_official_check_asks_for(at_the_time_of, spelt):
    query = at_the_time_of(URL_CHECK)
    assert "+" in URL_CHECK["encrypt"]
    response = check_url(query, spelt(URL_CHECK["encrypt"]))
    assert (response.status_code, response.content) == (200, URL_CHECK["plaintext"].encode())
    assert response["Content-Type"].startswith("text/plain")


def test_it_repeats_any_bytes_exactly(phone):
    query, body = phone.envelope(b"\xef\xbb\xbf \x00 <b>\n")
    encrypt = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
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
    encrypt = whole.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
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


# What must not get in -------------------------------------------------------------------------------------------------


def flipped(text, rng):
    """`text` with one character changed for another that may stand there."""
    place = rng.randrange(len(text))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="
    return text[:place] + rng.choice(letters.replace(text[place], "")) + text[place + 1 :]


def test_of_240_flipped_envelopes_none_gets_in(phone):
    rng, answers = random.Random(5), set()  # noqa: S311
    for number in range(240):
        query, body = phone.envelope(phone.message("zhangwei", "text", Content=f"第 {number} 次"))
        encrypt = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
        parts = {**query, "encrypt": encrypt}
        name = ("encrypt", "encrypt", "msg_signature", "nonce", "timestamp")[number % 5]
        # A digit for the clock's last one, so that it is the signature that refuses and not the window.
        parts[name] = (
            parts[name][:-1] + str((int(parts[name][-1]) + 1) % 10)
            if name == "timestamp"
            else flipped(parts[name], rng)
        )
        response = phone.send({each: parts[each] for each in query}, body.replace(encrypt, parts["encrypt"]))
        answers.add((response.status_code, response.content))
    assert answers == {(400, REFUSAL)}
    assert not Inbound.objects.exists()


def test_every_kind_of_forgery_gets_the_same_answer(phone, settings):
    settings.WECOM_CALLBACK_TOKEN_OLD = settings.WECOM_CALLBACK_AES_KEY_OLD = ""
    plain = phone.message("zhangwei", "text", Content="x")
    query, body = phone.envelope(plain)
    forgeries = {
        "no query": ({}, body),
        "no signature": ({**query, "msg_signature": ""}, body),
        "another signature": ({**query, "msg_signature": "0" * 40}, body),
        "no body": (query, ""),
        "no xml": (query, "hello"),
        "no utf-8": (query, b"<xml><Encrypt>\xff</Encrypt></xml>"),
        "no encrypt": (query, "<xml></xml>"),
        "two encrypts": (query, body.replace("</xml>", "<Encrypt>x</Encrypt></xml>")),
        "another root": (query, body.replace("xml>", "yml>")),
        "too long": (query, body + " " * envelope.MAX_BODY),
        "another corp": Phone(settings, receive_id="wwother").envelope(plain),
        "another token": Phone(settings, token="other").envelope(plain),
        "another key": Phone(settings, aes_key=OTHER_KEY).envelope(plain),
        "too old": phone.envelope(plain, at=time.time() - envelope.WINDOW - 5),
        "too early": phone.envelope(plain, at=time.time() + envelope.WINDOW + 5),
        "no time": ({**query, "timestamp": ""}, body),
        "a time that is no number": ({**query, "timestamp": "1e9"}, body),
        "a number that is no digit of ours": ({**query, "timestamp": "１４０９６５９８１３"}, body),
        "a huge time": ({**query, "timestamp": "9" * 5000}, body),
        "a long nonce": phone.envelope(plain, nonce="n" * 129),
    }
    told = {name: phone.send(*forgery) for name, forgery in forgeries.items()}
    assert {name: (each.status_code, each.content) for name, each in told.items()} == dict.fromkeys(
        forgeries, (400, REFUSAL)
    )
    headers = {tuple(sorted((k, v) for k, v in each.items() if k != "X-Request-ID")) for each in told.values()}
    assert len(headers) == 1
    assert is_refused(Client().get("/wecom/callback"))
    assert not Inbound.objects.exists()


@pytest.mark.parametrize("seconds", [-9.5 * 60, 9.5 * 60])
def test_ten_minutes_are_forgiven_to_either_clock(phone, seconds):
    assert (
        phone.send(
            *phone.envelope(phone.message("zhangwei", "text", Content="x"), at=time.time() + seconds)
        ).status_code
        == 200
    )
    assert Inbound.objects.count() == 1


def test_without_keys_nothing_gets_in(phone, settings):
    settings.WECOM_CALLBACK_TOKEN = settings.WECOM_CALLBACK_AES_KEY = ""
    assert is_refused(phone.writes("zhangwei", "x"))


def test_both_key_pairs_open_while_they_are_changed(phone, settings):
    settings.WECOM_CALLBACK_TOKEN_OLD, settings.WECOM_CALLBACK_AES_KEY_OLD = (
        settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY,
    )  # fmt: skip
    settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY = "NewToken", OTHER_KEY
    assert phone.writes("zhangwei", "old keys").status_code == 200
    assert Phone(settings).writes("zhangwei", "new keys").status_code == 200
    mixed = Phone(settings, token=settings.WECOM_CALLBACK_TOKEN_OLD)
    assert is_refused(mixed.writes("zhangwei", "token of one, key of the other"))
    assert Inbound.objects.count() == 2


# Copies ---------------------------------------------------------------------------------------------------------------


def test_of_50_replays_all_are_answered_and_one_is_kept(phone):
    envelope_ = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    assert {phone.send(*envelope_).status_code for _ in range(50)} == {200}
    assert (Inbound.objects.count(), Job.objects.filter(name=receiving.RECEIVE).count()) == (1, 1)


def test_a_replay_in_another_wrapping_is_the_same_message(phone):
    """The outer AgentID is not signed: as part of what makes a message, it would make a new one of each copy."""
    query, body = phone.envelope(xml({
        "ToUserName": phone.corp, "FromUserName": "zhangwei", "CreateTime": str(int(time.time())),
        "MsgType": "text", "Content": "x", "MsgId": "1",
    }))  # fmt: skip
    for agent in range(20):
        assert phone.send(query, body.replace("1000002", str(agent))).status_code == 200
    assert Inbound.objects.count() == 1


def test_a_replay_after_the_window_is_refused_although_it_is_known(phone, monkeypatch):
    envelope_ = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    phone.send(*envelope_)
    monkeypatch.setattr(envelope, "clock", lambda: time.time() + envelope.WINDOW + 5)
    assert is_refused(phone.send(*envelope_))


def test_a_retry_that_is_sealed_anew_is_the_same_message(phone):
    plain = phone.message("zhangwei", "text", Content="x")
    for second in range(3):
        assert phone.send(*phone.envelope(plain, at=time.time() + second, nonce=f"nonce{second}")).status_code == 200
    assert Inbound.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_three_equal_posts_at_once_one_is_kept(phone):
    envelope_ = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    answers = at_once(3, lambda _number: phone.send(*envelope_).status_code)
    assert answers == [200, 200, 200]
    assert (Inbound.objects.count(), Job.objects.filter(name=receiving.RECEIVE).count()) == (1, 1)


def test_one_message_id_of_two_people_is_two_messages(phone):
    for userid in ("zhangwei", "lina", "ZhangWei"):
        phone.post(phone.message(userid, "text", Content="x", MsgId="7300000000000000000"))
    assert sorted(Inbound.objects.values_list("userid", flat=True)) == ["lina", "zhangwei"]


def test_different_events_of_one_second_are_all_kept(phone, monkeypatch):
    for name in ("enter_agent", "template_card_event", "change_contact"):
        monkeypatch.setitem(registry.handlers, ("event", name), lambda entry: None)
    at = str(int(time.time()))
    card = {"EventKey": "solved", "TaskId": "task@1", "CardType": "button_interaction", "ResponseCode": "code1"}
    events = [
        phone.event("zhangwei", "enter_agent", CreateTime=at, EventKey=""),
        phone.event("lina", "enter_agent", CreateTime=at, EventKey=""),
        *(phone.event("zhangwei", "template_card_event", CreateTime=at, **{**card, **other}) for other in (
            {}, {"EventKey": "unsolved"}, {"TaskId": "task@2"}, {"ResponseCode": "code2"},
        )),
        *(phone.event("sys", "change_contact", CreateTime=at, **news) for news in (
            {"ChangeType": "update_user", "UserID": "zhangwei"}, {"ChangeType": "update_user", "UserID": "lina"},
            {"ChangeType": "delete_user", "UserID": "lina"}, {"ChangeType": "update_party", "Id": "2"},
        )),
    ]  # fmt: skip
    for _copy in range(3):
        for event in events:
            assert phone.post(event).status_code == 200
    assert Inbound.objects.count() == len(events)


def test_an_event_that_nobody_wants_is_answered_and_not_kept(phone):
    for name in ("LOCATION", "view", "subscribe", "share_agent_change", "an_event_of_next_year"):
        assert phone.does("zhangwei", name, Latitude="39.9").status_code == 200
    assert not Inbound.objects.exists()


# XML ------------------------------------------------------------------------------------------------------------------


def lol(levels):
    lines = ['<!ENTITY a0 "lol">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)]
    return "".join(lines)


BOMBS = {
    "billion laughs": f"<!DOCTYPE xml [{lol(10)}]><xml><Encrypt>&a9;</Encrypt></xml>",
    "quadratic": f'<!DOCTYPE xml [<!ENTITY a "{"A" * 20_000}">]><xml><Encrypt>{"&a;" * 5_000}</Encrypt></xml>',
    "one entity": '<!DOCTYPE xml [<!ENTITY a "A">]><xml><Encrypt>&a;</Encrypt></xml>',
    "file": '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
    "net": '<!DOCTYPE xml [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]><xml><Encrypt>&a;</Encrypt></xml>',
    "parameter": '<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd">%a;]><xml><Encrypt>x</Encrypt></xml>',
    "outer dtd": '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/a.dtd"><xml><Encrypt>x</Encrypt></xml>',
    "public dtd": '<!DOCTYPE xml PUBLIC "-//A//B" "http://127.0.0.1:9/a.dtd"><xml><Encrypt>x</Encrypt></xml>',
    "empty dtd": "<!DOCTYPE xml><xml><Encrypt>x</Encrypt></xml>",
    "attributes": '<!DOCTYPE xml [<!ATTLIST xml a CDATA "x">]><xml><Encrypt>x</Encrypt></xml>',
    "notation": '<!DOCTYPE xml [<!NOTATION a SYSTEM "calc">]><xml><Encrypt>x</Encrypt></xml>',
    "unknown entity": "<xml><Encrypt>&a;</Encrypt></xml>",
    "deep": f"<xml>{'<a>' * 8_000}{'</a>' * 8_000}</xml>",
    "wide": f"<xml>{'<Encrypt/>' * 6_000}</xml>",
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE xml [<!ENTITY a "A">]><xml>&a;</xml>'.encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE xml+AD4-<xml/>',
    "xinclude": '<xml xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd"/></xml>',
    "cut off": "<xml><Encrypt>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_outside_and_inside_of_the_seal(phone, name, settings):
    query, body = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    assert is_refused(phone.send(query, BOMBS[name]))
    # Whoever has caught a good envelope may put anything around it, and not a thing of it is read.
    encrypt = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    if "<!DOCTYPE" in str(BOMBS[name]):
        assert is_refused(phone.send(query, str(BOMBS[name]).replace("<xml>", f"<xml><Encrypt>{encrypt}</Encrypt>", 1)))
    if name not in {"wide", "xinclude"}:  # what is no bomb at all, only nothing that the desk knows
        assert is_refused(phone.post(BOMBS[name]))
    assert not Inbound.objects.exists()


WORDS = [
    "]]>",
    "<![CDATA[x]]>",
    "]]]]><![CDATA[>",
    "<!DOCTYPE html><b>&amp;</b>",
    "😀👩‍👩‍👧",
    "第一行\n第二行",
    "a\x08b\x0bc",
    " ",
]


@pytest.mark.parametrize("words", WORDS)
def test_what_people_write_is_no_markup(phone, words):
    assert phone.writes("zhangwei", words).status_code == 200
    assert Inbound.objects.get().text("Content") == words.replace("\x08", "␈").replace("\x0b", "␋")


def test_words_that_close_their_own_mark_do_not_make_another_sender(phone):
    """Should WeCom ever let them: whoever writes this is not the boss."""
    spoilt = phone.message("lina", "text", Content="PLACE").replace(
        "PLACE", "x]]></Content><FromUserName><![CDATA[zhangwei]]></FromUserName><Content><![CDATA["
    )
    assert is_refused(phone.post(spoilt))


def test_what_is_sealed_and_says_nothing_is_answered(phone, caplog):
    for plain in ("<xml></xml>", "<xml><MsgType>text</MsgType></xml>", "<xml><InfoType>suite_ticket</InfoType></xml>"):
        assert phone.post(plain).status_code == 200
    assert not Inbound.objects.exists()


# Limits and logs ------------------------------------------------------------------------------------------------------


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
    assert "-120 seconds apart" in caplog.text or "-121 seconds apart" in caplog.text


def test_nothing_secret_is_logged(phone, settings, caplog):
    caplog.set_level(logging.DEBUG)
    query, body = phone.envelope(phone.message("zhangwei", "text", Content="我的密码是 hunter2"))
    phone.send(query, body)
    phone.send({**query, "msg_signature": "0" * 40}, body)
    phone.send(query, "<xml>")
    phone.post("no xml hunter2")
    encrypt = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
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
