"""What is not sealed by WeCom, for us and now, does not get in and learns nothing; nor does any trick of XML."""

import random
import time

import pytest
from django.test import Client

from wecom import envelope
from wecom.models import Inbound

from .callbacks import REFUSAL, Phone, is_refused, sealed_text
from .hostile_envelopes import BOMBS, flipped

OTHER_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(settings):
    return Phone(settings)


def test_of_240_flipped_envelopes_none_gets_in(phone):
    rng, answers = random.Random(5), set()  # noqa: S311
    for number in range(240):
        query, body = phone.envelope(phone.message("zhangwei", "text", Content=f"第 {number} 次"))
        encrypt = sealed_text(body)
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
        "too old": phone.envelope(plain, at=time.time() - envelope.WINDOW - 60),
        "too early": phone.envelope(plain, at=time.time() + envelope.WINDOW + 60),
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


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_outside_and_inside_of_the_seal(phone, name, settings):
    query, body = phone.envelope(phone.message("zhangwei", "text", Content="x"))
    assert is_refused(phone.send(query, BOMBS[name]))
    # Whoever has caught a good envelope may put anything around it, and not a thing of it is read.
    encrypt = sealed_text(body)
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
