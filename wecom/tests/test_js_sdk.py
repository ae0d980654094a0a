"""Signatures for WeCom's JS-SDK: made here, for our own pages, from one ticket for all (WECOM 6)."""

import hashlib
import logging
from datetime import timedelta

import pytest
import responses
from django.test import Client as DjangoClient
from django.utils import timezone

from wecom.errors import WecomError
from wecom.js_sdk import _signature, origin_of
from wecom.models import JsTicket
from wecom.tickets import APP, CORP, Ticket

from .conftest import at_once

BASE = "https://qyapi.example/cgi-bin"
TICKET = "canary-ticket-55aa"
ADDRESS = "/wecom/js-sdk/signature"
# developer.work.weixin.qq.com/document/path/90506
OFFICIAL = (
    "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
    "Wm3WZYTPz0wzccnW",
    1414587457,
    "http://mp.weixin.qq.com?params=value",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def weixin(settings):
    """WeCom as far as tickets go; `.calls` is what it was asked."""
    settings.WECOM_API_BASE = BASE
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{BASE}/gettoken", json={"errcode": 0, "access_token": "token", "expires_in": 7200})
        answer = {"errcode": 0, "ticket": TICKET, "expires_in": 7200}
        mock.corp = mock.get(f"{BASE}/get_jsapi_ticket", json=answer)
        mock.app = mock.get(f"{BASE}/ticket/get", json={**answer, "ticket": "app-ticket"})
        yield mock


@pytest.fixture
def page(zhangwei):
    return signed_in(zhangwei)


def signed_in(user):
    client = DjangoClient(headers={"accept": "application/json"})
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def test_it_signs_as_the_official_example():
    assert _signature(*OFFICIAL).digest == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_it_signs_the_page_of_a_person_and_keeps_the_ticket(weixin, page, caplog):
    caplog.set_level(logging.DEBUG)
    answer = page.post(ADDRESS, {"url": "http://testserver/itdesk/?new=1"})
    said = answer.json()
    text = f"jsapi_ticket={TICKET}&noncestr={said['nonce']}&timestamp={said['timestamp']}&url=http://testserver/itdesk/?new=1"
    assert said["signature"] == hashlib.sha1(text.encode()).hexdigest()
    assert said["corp_id"] == "ww-demo"
    assert abs(said["timestamp"] - timezone.now().timestamp()) < 5
    assert "no-store" in answer["Cache-Control"]
    assert TICKET not in answer.content.decode() + str(answer.headers) + caplog.text


def test_two_signatures_share_neither_their_nonce_nor_a_call(weixin, page):
    both = [page.post(ADDRESS, {"url": "http://testserver/itdesk/"}).json()["nonce"] for _ in range(2)]
    assert both[0] != both[1]
    assert weixin.corp.call_count == 1


def test_it_signs_with_the_ticket_of_the_app_where_that_is_asked_for(weixin, page):
    said = page.post(ADDRESS, {"url": "http://testserver/itdesk/", "kind": "app"}).json()
    text = (
        f"jsapi_ticket=app-ticket&noncestr={said['nonce']}&timestamp={said['timestamp']}&url=http://testserver/itdesk/"
    )
    assert said["signature"] == hashlib.sha1(text.encode()).hexdigest()


def test_it_signs_the_address_that_people_know_behind_a_proxy(weixin, page, settings):
    settings.SITE_URL = "https://desk.example.com"
    assert page.post(ADDRESS, {"url": "https://desk.example.com/itdesk/"}).status_code == 200
    assert page.post(ADDRESS, {"url": "https://desk.example.com:443/itdesk/"}).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://testserver/itdesk/",
        "http://testserver:8080/itdesk/",
        "http://testserver.evil.example/itdesk/",
        "http://evil.example/?http://testserver/",
        "http://testserver@evil.example/",
        "http://evil.example@testserver/",
        "http://evil.example\\@testserver/",
        "//testserver/itdesk/",
        "/itdesk/",
        "",
        "javascript:alert(1)//testserver/",
        "ftp://testserver/",
        "http://testserver/itdesk/#fragment",
        "http://testserver/itdesk/\nhost: evil",
        "http://testserver:99999/",
        "http://[::1/",
        "http://testserver/单",
        "http://testserver/" + "a" * 2048,
    ],
)
def test_it_signs_no_other_address(weixin, page, url):
    answer = page.post(ADDRESS, {"url": url})
    assert (answer.status_code, answer.json()["error"]) == (422, "foreign_address")
    assert weixin.corp.call_count == 0


def test_no_address_counts_as_ours_where_none_is_known(weixin, page, settings):
    settings.SITE_URL = ""
    assert origin_of("") is None
    assert page.post(ADDRESS, {"url": "mailto:x@testserver"}).status_code == 422


def test_it_signs_for_nobody_who_is_not_signed_in(weixin, client):
    assert client.post(ADDRESS, {"url": "http://testserver/itdesk/"}).status_code == 401
    assert weixin.corp.call_count == 0


def test_another_site_cannot_ask_in_a_persons_name(weixin, zhangwei):
    strict = DjangoClient(enforce_csrf_checks=True)
    strict.force_login(zhangwei, backend="accounts.backends.WecomBackend")
    assert strict.post(ADDRESS, {"url": "http://testserver/itdesk/"}).status_code == 403


def test_a_page_is_told_that_wecom_is_away_and_wecom_is_left_in_peace(weixin, page):
    weixin.upsert(responses.GET, f"{BASE}/get_jsapi_ticket", json={"errcode": -1, "errmsg": "busy"})
    for _ in range(5):
        answer = page.post(ADDRESS, {"url": "http://testserver/itdesk/"})
        assert (answer.status_code, answer.json()["error"]) == (503, "wecom_unavailable")
    asked = [call for call in weixin.calls if "get_jsapi_ticket" in call.request.url]
    assert len(asked) == 1
    rows_rest(0)
    page.post(ADDRESS, {"url": "http://testserver/itdesk/"})
    assert len([call for call in weixin.calls if "get_jsapi_ticket" in call.request.url]) == 2


def rows_rest(seconds):
    JsTicket.objects.update(lease_until=timezone.now() + timedelta(seconds=seconds - 1))


def test_a_good_ticket_is_used_on_while_wecom_is_away(weixin):
    Ticket(CORP).current()
    JsTicket.objects.update(refresh_at=timezone.now())
    weixin.upsert(responses.GET, f"{BASE}/get_jsapi_ticket", status=503)
    assert Ticket(CORP).current() == TICKET
    JsTicket.objects.update(expires_at=timezone.now())
    with pytest.raises(WecomError):
        Ticket(CORP).current()


def test_a_refused_signature_costs_one_ticket_in_five_minutes(weixin, page):
    page.post(ADDRESS, {"url": "http://testserver/itdesk/"})
    signed_at = int(timezone.now().timestamp()) + 1
    page.post(ADDRESS, {"url": "http://testserver/itdesk/", "refused": signed_at})
    assert weixin.corp.call_count == 1  # it is younger than five minutes: another one would be no other
    JsTicket.objects.update(fetched_at=timezone.now() - timedelta(minutes=6))
    for _ in range(10):
        page.post(ADDRESS, {"url": "http://testserver/itdesk/", "refused": signed_at})
    assert weixin.corp.call_count == 2


def test_what_was_signed_before_the_ticket_came_does_not_cost_it(weixin, page):
    page.post(ADDRESS, {"url": "http://testserver/itdesk/"})
    JsTicket.objects.update(fetched_at=timezone.now() - timedelta(minutes=6))
    before = int((timezone.now() - timedelta(minutes=7)).timestamp())
    page.post(ADDRESS, {"url": "http://testserver/itdesk/", "refused": before})
    assert weixin.corp.call_count == 1


@pytest.mark.parametrize("refused", ["-1", "1e9", "9" * 11, "x", "١٢"])
def test_nonsense_about_a_refusal_is_nothing(weixin, page, refused):
    assert page.post(ADDRESS, {"url": "http://testserver/itdesk/", "refused": refused}).status_code == 200


def test_each_kind_of_ticket_is_kept_by_itself(weixin):
    assert (Ticket(CORP).current(), Ticket(APP).current()) == (TICKET, "app-ticket")
    assert (Ticket(CORP).current(), Ticket(APP).current()) == (TICKET, "app-ticket")
    assert (weixin.corp.call_count, weixin.app.call_count) == (1, 1)


def test_it_takes_over_from_a_colleague_who_died_while_fetching(weixin):
    Ticket(CORP).current()
    past = timezone.now() - timedelta(seconds=1)
    JsTicket.objects.update(ticket="", lease_owner="dead", lease_until=past)
    assert Ticket(CORP).current() == TICKET


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_workers_fetches_it(weixin):
    assert at_once(8, lambda _: Ticket(CORP).current()) == [TICKET] * 8
    assert weixin.corp.call_count == 1
