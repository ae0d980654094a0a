"""What every answer carries, errors included; and what people see when something is wrong."""

import uuid

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import include, path

from itdesk.middleware import ClientAddress


def broken(request):
    raise RuntimeError("secret=CANARY")


def busy(request):
    raise OperationalError("database is locked")


broken.login_required = busy.login_required = False


class Addresses:
    """The product's own addresses and two that fail."""

    urlpatterns = [path("broken", broken), path("busy", busy), path("", include("itdesk.urls"))]
    handler400, handler403, handler404, handler500 = (
        "itdesk.errors.bad_request",
        "itdesk.errors.forbidden",
        "itdesk.errors.not_found",
        "itdesk.errors.server_error",
    )


PAGES = [
    ("/itportal/?choose=1", 200),
    ("/itportal/signed-out", 200),
    ("/api/portal/roles", 200),
    ("/itdesk/", 200),
    ("/agent/", 200),
    ("/admin/", 200),
    ("/admin/accounts/user/", 200),
    ("/wecom/simulator/", 200),
    ("/healthz", 200),
    ("/readyz", 200),
    ("/", 302),
    ("/nothing-here", 404),
    ("/itdesk/?token=abc", 400),
    ("/itportal/logout", 405),
    ("/broken", 500),
    ("/busy", 503),
]


@pytest.fixture
def browser(zhaomin, settings):
    settings.ROOT_URLCONF = Addresses
    found = Client(headers={"accept": "text/html"}, raise_request_exception=False)
    found.force_login(zhaomin)
    return found


@pytest.mark.parametrize(("address", "status"), PAGES)
def test_it_protects_every_answer(browser, address, status):
    answer = browser.get(address)
    assert answer.status_code == status
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}  # the simulator's phone is a frame of ours
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Request-ID"]
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_it_protects_the_refusal_of_a_form_without_a_token(zhaomin):
    browser = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    browser.force_login(zhaomin)
    answer = browser.post("/itportal/logout")
    assert answer.status_code == 403
    assert "请刷新" in answer.content.decode()
    assert answer["X-Frame-Options"]
    assert answer["Content-Security-Policy"]


def test_the_refusal_of_a_send_without_a_token_brings_one(zhangwei):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(zhangwei)
    message = {"client_id": str(uuid.uuid4()), "content": "打印机连不上了"}
    refused = browser.post("/itdesk/messages", message)
    assert (refused.status_code, refused.json()["error"]) == (403, "csrf")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.post("/itdesk/messages", message, headers=token).status_code == 201


def test_it_protects_the_page_of_a_closed_door(zhangwei):
    browser = Client(headers={"accept": "text/html"})
    browser.force_login(zhangwei)
    for address in ("/agent/", "/admin/"):
        answer = browser.get(address)
        assert (answer.status_code, bool(answer["Content-Security-Policy"])) == (403, True)
        assert "no-store" in answer["Cache-Control"]


def test_it_refuses_a_host_that_is_not_ours(db):
    answer = Client(raise_request_exception=False).get("/itportal/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert answer["X-Frame-Options"]


@pytest.mark.parametrize(("address", "status"), [("/nothing-here", 404), ("/broken", 500), ("/busy", 503)])
def test_it_says_in_words_what_is_wrong_and_offers_a_way(browser, address, status):
    page = browser.get(address).content.decode()
    assert 'href="/itportal/' in page
    assert "CANARY" not in page
    assert "Traceback" not in page
    answer = browser.get(address, headers={"accept": "application/json"})
    assert answer.json()["error"]
    assert answer.json()["reason"] in page


def test_it_gives_a_number_to_quote_for_a_failure(browser):
    answer = browser.get("/broken")
    assert answer["X-Request-ID"] in answer.content.decode()


def test_it_asks_to_come_back_when_the_database_is_busy(browser):
    assert browser.get("/busy")["Retry-After"] == "3"


@pytest.mark.parametrize("failure", [OperationalError("gone"), OperationalError("locked")])
def test_it_says_busy_also_when_the_database_fails_before_the_view(browser, monkeypatch, failure):
    def gone(*args, **kwargs):
        raise failure

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    answer = browser.get("/itportal/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")


def test_it_survives_an_error_page_that_is_itself_broken(browser, monkeypatch):
    def no_template(*args, **kwargs):
        raise RuntimeError("no template")

    monkeypatch.setattr("itdesk.errors.answer", no_template)
    answer = browser.get("/broken")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")


@pytest.mark.parametrize("name", ["token", "access_token", "sessionid", "corpsecret", "password"])
def test_it_takes_no_credential_from_an_address(browser, name):
    assert browser.get(f"/itportal/?{name}=x").status_code == 400


def test_it_shows_the_address_that_the_proxy_names_and_no_other(settings, rf):
    def seen(**meta):
        request = rf.get("/", **meta)
        ClientAddress(lambda request: None)(request)
        return request.META["REMOTE_ADDR"]

    settings.LOOPBACK_ONLY = False
    assert seen(REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="10.1.2.3") == "10.1.2.3"
    assert seen(REMOTE_ADDR="", HTTP_X_REAL_IP="10.1.2.3") == "10.1.2.3"
    assert seen(REMOTE_ADDR="", HTTP_X_REAL_IP="nonsense") == "127.0.0.1"
    assert seen(REMOTE_ADDR="10.9.9.9", HTTP_X_REAL_IP="10.1.2.3") == "10.9.9.9"
    assert seen(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6") == "127.0.0.1"
    settings.LOOPBACK_ONLY = True
    assert seen(REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="10.1.2.3") == "127.0.0.1"
