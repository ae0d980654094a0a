"""No secret, token or code leaves the client in any text (RELIABILITY C11)."""

import logging
import traceback

import pytest
import responses
from django.test import RequestFactory
from django.views.debug import ExceptionReporter
from requests import ConnectionError, ReadTimeout

from wecom.client import Client
from wecom.errors import WecomError
from wecom.models import AccessToken

SECRET, TOKEN, CODE = "canary-secret-7f3a", "canary-token-91bc", "canary-code-44de"
BASE = "https://qyapi.example/cgi-bin"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def canaries(settings, caplog):
    settings.WECOM_SECRET, settings.WECOM_API_BASE = SECRET, BASE
    caplog.set_level(logging.DEBUG)


def texts_of(error, caplog):
    """Everything a log, an error report or a person could see of `error`."""
    plain = ExceptionReporter(RequestFactory().get("/"), type(error), error, error.__traceback__)
    chain = "".join(traceback.format_exception(error))
    return [str(error), repr(error), repr(error.__dict__), chain, caplog.text, plain.get_traceback_text()]


def assert_silent(error, caplog):
    assert error.__cause__ is None
    assert error.__context__ is None
    for text in texts_of(error, caplog):
        for canary in (SECRET, TOKEN, CODE, "qyapi.example/cgi-bin/"):
            assert canary not in text


def fail(call):
    with pytest.raises(WecomError) as caught:
        call()
    return caught.value


@responses.activate
@pytest.mark.parametrize("trouble", [ConnectionError, ReadTimeout])
def test_it_keeps_the_secret_when_the_token_cannot_be_fetched(caplog, trouble):
    address = f"{BASE}/gettoken?corpid=ww-demo&corpsecret={SECRET}"
    responses.get(f"{BASE}/gettoken", body=trouble(f"HTTPSConnectionPool: Max retries exceeded with url: {address}"))
    assert_silent(fail(lambda: Client().user("lina")), caplog)


@responses.activate
@pytest.mark.parametrize("trouble", [ConnectionError, ReadTimeout])
def test_it_keeps_the_token_and_the_code_when_a_call_breaks(caplog, trouble):
    responses.get(f"{BASE}/gettoken", json={"errcode": 0, "access_token": TOKEN, "expires_in": 7200})
    address = f"{BASE}/auth/getuserinfo?code={CODE}&access_token={TOKEN}"
    responses.get(f"{BASE}/auth/getuserinfo", body=trouble(f"Max retries exceeded with url: {address}"))
    assert_silent(fail(lambda: Client().user_info(CODE)), caplog)
    assert TOKEN not in repr(AccessToken.objects.get()) + str(AccessToken.objects.get())


@responses.activate
@pytest.mark.parametrize("body", ["<html>", "[]", '{"errcode": "x"}', "", '{"errcode": 40058}'])
def test_it_keeps_them_when_the_answer_is_no_good(caplog, body):
    responses.get(f"{BASE}/gettoken", json={"access_token": TOKEN, "expires_in": 7200})
    responses.get(f"{BASE}/user/get", body=body)
    assert_silent(fail(lambda: Client().user("lina")), caplog)


@responses.activate
def test_it_masks_what_wecom_repeats_in_its_errmsg_and_logs_the_hint(caplog):
    responses.get(f"{BASE}/gettoken", json={"access_token": TOKEN, "expires_in": 7200})
    responses.get(
        f"{BASE}/auth/getuserinfo",
        json={"errcode": 40029, "errmsg": f"invalid code {CODE} {TOKEN}, hint: [1700000000]"},
    )
    assert_silent(fail(lambda: Client().user_info(CODE)), caplog)
    assert "hint: [1700000000]" in caplog.text


@responses.activate
def test_it_refuses_an_answer_without_end(caplog):
    responses.get(f"{BASE}/gettoken", body=b" " * (3 * 1024 * 1024))
    error = fail(lambda: Client().user("lina"))
    assert error.code == "garbled"
    assert_silent(error, caplog)
