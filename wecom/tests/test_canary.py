"""Secrets that are easy to find, every kind of failure, and a search of everything that anybody could read (C11)."""

import io
import itertools
import logging
import threading
import traceback
import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from django.views.debug import ExceptionReporter

from conversations.commands.lifecycle import claim
from conversations.commands.messages import post_message, post_reply
from itdesk.logs import JsonFormatter, LineFormatter
from jobs.models import Job
from jobs.worker import run_due
from wecom import codes, exchange
from wecom.client import Client
from wecom.errors import WecomError
from wecom.models import AccessToken, ApiLimit

from .conftest import Browser

# Put together here: a report shows lines of source, and must not find its canary in this file.
CANARIES = {
    "secret": "-".join(["canary", "secret+7f3a/zz="]),
    "token": "-".join(["canary", "token", ""]),  # the strict WeCom's tokens begin like this
    "ticket": "-".join(["canary", "ticket", "55aa"]),
    "code": "".join(["canary", "Code44deLongEnough"]),
    "callback token": "".join(["canary", "CallbackToken"]),
    "aes key": "".join(["canary", "AesKeyABCDEFGHIJKLMNOPQRSTUVWXYZ01234"]),
    "proxy": "-".join(["canary", "proxy", "password"]),
}
# Where the token and the tickets live; nobody is shown these tables.
KEPT = {"wecom.accesstoken", "wecom.jsticket"}
CALLS = {
    "gettoken": lambda client: client.tokens.renew(),
    "auth/getuserinfo": lambda client: client.user_info(CANARIES["code"]),
    "user/get": lambda client: client.user("lina"),
    "message/send": lambda client: client.send_message({"touser": "lina"}),
    "media/upload": lambda client: client.upload_media("file", "a.txt", b"words", "text/plain"),
    "media/get": lambda client: client.media("M1"),
    "get_jsapi_ticket": lambda client: client.jsapi_ticket(),
}


@pytest.fixture
def wire(strict, settings):
    """A strict WeCom behind canary secrets, while DEBUG is on: then Django shows and logs the most."""
    settings.DEBUG = True
    strict.secret = settings.WECOM_SECRET = CANARIES["secret"]
    settings.WECOM_CALLBACK_TOKEN = CANARIES["callback token"]
    settings.WECOM_CALLBACK_AES_KEY = CANARIES["aes key"]
    strict.answers["get_jsapi_ticket"] = {"errcode": 0, "ticket": CANARIES["ticket"], "expires_in": 7200}
    return strict


@pytest.fixture
def log():
    """All lines of the product's two log formats and the bare ones, in one text."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers = [logging.StreamHandler(stream) for _ in range(3)]
    for handler, formatter in zip(handlers, (LineFormatter(), JsonFormatter(), logging.Formatter()), strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def found_in(text, *leave_out):
    return [name for name, canary in CANARIES.items() if canary in text and name not in leave_out]


def reports(error):
    """Everything that Django could show or mail of this error, with DEBUG's local variables."""
    report = ExceptionReporter(RequestFactory().get("/"), type(error), error, error.__traceback__)
    chain = "".join(traceback.format_exception(error))
    return "\n".join(
        [str(error), repr(error), repr(error.__dict__), chain, report.get_traceback_text(), report.get_traceback_html()]
    )


def echoing(code):
    """WeCom repeats all that it was asked, as its errmsg sometimes does."""
    return lambda query, body: {"errcode": code, "errmsg": f"no: {query} {body!r}, hint: [1], from ip: 203.0.113.9"}


def fresh():
    AccessToken.objects.all().delete()
    ApiLimit.objects.all().delete()


def fail(call):
    with pytest.raises(WecomError) as caught:
        call(Client())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


def test_no_errcode_shows_a_secret(wire, log):
    for code, (path, call) in zip(codes.CODES, itertools.cycle(CALLS.items()), strict=False):
        fresh()
        wire.answers = {path: echoing(code)}
        assert found_in(reports(fail(call))) == [], (path, code)
    for path, call in CALLS.items():
        fresh()
        wire.answers = {path: echoing(42001)}
        assert found_in(reports(fail(call))) == [], path
    assert found_in(log.getvalue()) == []


@pytest.mark.parametrize("trouble", ["html", "number", "list", "empty", "500", "302", "header", "cut", "silent"])
def test_no_broken_answer_shows_a_secret(wire, log, monkeypatch, trouble):
    monkeypatch.setattr(exchange, "TIMEOUTS", (3.05, 0.1))
    hold = threading.Event()

    def broken(query, body):
        text = f"{query}".encode()
        kind = {"Content-Type": "application/json"}
        return {
            "html": (200, kind, b"<html>" + text),
            "number": (200, kind, b"5"),
            "list": (200, kind, b'["%s"]' % text.replace(b'"', b"'")),
            "empty": (200, kind, b""),
            "500": (500, kind, text),
            "302": (302, {**kind, "Location": f"http://127.0.0.1:9/?{query}"}, b""),
            "header": (200, {**kind, "Bad\x00 header": "x"}, b"<"),
            "cut": (200, {**kind, "Content-Length": "9999", "Connection": "close"}, text),
            "silent": (200, kind, _Late(hold)),
        }[trouble]

    for path in ("gettoken", "auth/getuserinfo", "media/get"):
        fresh()
        wire.answers = {path: broken}
        call = CALLS[path]
        assert found_in(reports(fail(call))) == [], path
    hold.set()
    assert found_in(log.getvalue()) == []


class _Late:
    """A body that begins only when the test is over."""

    def __init__(self, hold):
        self.hold = hold

    def __len__(self):
        return 100

    def __iter__(self):
        self.hold.wait(30)
        yield b" " * 100


@pytest.mark.parametrize("base", ["http://127.0.0.1:9/cgi-bin", "http://no.invalid/cgi-bin", "https://127.0.0.1:9/x"])
def test_no_dead_line_shows_a_secret(wire, log, settings, base):
    Client().tokens.renew()
    AccessToken.objects.update(base=base)
    settings.WECOM_API_BASE = base
    for proxy in ("", f"http://desk:{CANARIES['proxy']}@127.0.0.1:9"):
        settings.WECOM_PROXY = proxy
        for path in ("gettoken", "auth/getuserinfo", "media/upload"):
            assert found_in(reports(fail(CALLS[path]))) == [], path
    assert found_in(log.getvalue()) == []


@pytest.mark.parametrize("place", ["_limited", "_media", "_checked", "_without_secrets"])
def test_no_mistake_of_ours_shows_a_secret(wire, log, monkeypatch, place):
    wire.answers["user/get"] = echoing(60020)

    def mistake(*args):
        raise RuntimeError("a mistake")

    monkeypatch.setattr(exchange, place, mistake)
    with pytest.raises(RuntimeError) as caught:
        Client().user("lina")
    assert found_in(reports(caught.value)) == []
    assert found_in(log.getvalue()) == []


def test_no_database_that_fails_shows_the_token(wire, log):
    def full(execute, sql, params, many, context):
        if any(CANARIES["token"] in str(value) for value in params or ()):
            raise OverflowError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full), pytest.raises(OverflowError) as caught:
        Client().user("lina")
    assert found_in(reports(caught.value)) == []
    assert found_in(log.getvalue()) == []


# The product around the client


def rows():
    """Every row of the product as text, but for the tables that keep the token and the tickets."""
    models = [model for model in apps.get_models() if model._meta.label_lower not in KEPT]
    return serializers.serialize("json", [row for model in models for row in model._default_manager.all()])


@pytest.mark.parametrize("code", [-1, 40001, 40014, 60020, 60111, 81013, 99_999])
def test_no_page_job_or_row_shows_a_secret(wire, log, zhangwei, wangqiang, zhaomin, code):
    for path in ("auth/getuserinfo", "user/get", "message/send", "get_jsapi_ticket", "department/list", "user/list"):
        wire.answers[path] = echoing(code)
    message, _ = post_message(author=zhangwei, content="打印机连不上", client_id=uuid.uuid4())
    claim(message.conversation_id, by=wangqiang)
    post_reply(author=wangqiang, conversation_id=message.conversation_id, content="好了", client_id=uuid.uuid4())
    assert run_due(timezone.now() + timedelta(minutes=10))
    browser, pages = Browser(), []
    state = browser.leave().rpartition("state=")[2].partition("&")[0].partition("#")[0]
    pages.append(browser.get(f"/wecom/oauth/callback?code={CANARIES['code']}&state={state}").content.decode())
    browser.force_login(zhaomin, backend="accounts.backends.WecomBackend")
    addresses = ["/admin/", "/admin/jobs/job/", "/admin/wecom/delivery/", "/admin/wecom/setup/", "/readyz"]
    addresses += [f"/admin/wecom/setup/steps/{slug}" for slug in ("app", "visible", "server", "domain", "trusted-ip")]
    addresses += [f"/admin/jobs/job/{job.pk}/change/" for job in Job.objects.all()]
    pages += [browser.get(address, follow=True).content.decode() for address in addresses]
    pages.append(browser.post("/admin/wecom/setup/message").content.decode())
    assert len(wire.asked) > 3
    assert found_in("\n".join(pages)) == []
    assert found_in(rows()) == []
    assert found_in(log.getvalue()) == []


@pytest.mark.parametrize("debug", [False, True])
def test_no_page_of_a_crash_shows_a_secret(wire, log, settings, monkeypatch, debug):
    """DEBUG's page repeats the browser's own address, with the code that is spent by then, and nothing else."""
    settings.DEBUG = debug
    wire.answers["auth/getuserinfo"] = {"errcode": 0, "userid": "lina"}
    monkeypatch.setattr("wecom.people._member", lambda client, userid: client.tokens.current() + None)
    browser = Browser()
    browser.raise_request_exception = False
    state = browser.leave().rpartition("state=")[2].partition("&")[0].partition("#")[0]
    answer = browser.get(f"/wecom/oauth/callback?code={CANARIES['code']}&state={state}")
    assert answer.status_code == 500
    assert ("TypeError" in answer.content.decode()) == debug
    assert found_in(answer.content.decode(), "code") == []
    assert found_in(log.getvalue()) == []
