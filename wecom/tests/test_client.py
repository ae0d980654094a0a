"""The client against the simulated API, over real HTTP: one token, one retry, plain errors (RELIABILITY R7)."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import responses
from django.utils import timezone

from wecom import client as client_module
from wecom import exchange
from wecom.client import Client, as_bytes, trouble
from wecom.errors import WecomError
from wecom.models import AccessToken, Fault, SimulatedCall, SimulatedToken

from .conftest import at_once

pytestmark = pytest.mark.django_db  # transactional where `wecom`, a live server, takes part


def calls(api):
    return SimulatedCall.objects.filter(api=api).count()


def card(**changes):
    content = {"title": "王强 回复了您", "description": "好了", "url": "http://testserver/itdesk/"}
    return {"touser": "zhangwei", "agentid": 1000002, "msgtype": "textcard", "textcard": content, **changes}


def test_it_reads_a_member(wecom):
    member = Client().user("ZhangWei")
    assert (member["userid"], member["name"], member["status"]) == ("zhangwei", "张伟", 1)
    assert Client().department(member["main_department"])["name"] == "财务部"


def test_it_fetches_one_token_for_eight_workers_at_once(wecom):
    results = at_once(8, lambda _: Client().user("zhangwei")["userid"])
    assert results == ["zhangwei"] * 8
    assert calls("gettoken") == 1
    assert calls("user/get") == 8


def test_it_keeps_using_a_token_until_nine_tenths_of_its_life(wecom):
    Client().user("lina")
    row = AccessToken.objects.get()
    assert (row.refresh_at - timezone.now()).total_seconds() == pytest.approx(0.9 * 7200, abs=30)
    AccessToken.objects.update(refresh_at=timezone.now() - timedelta(seconds=1))
    Client().user("lina")
    assert calls("gettoken") == 2


def test_it_uses_the_old_token_while_a_colleague_fetches_the_new_one(wecom):
    Client().user("lina")
    now = timezone.now()
    AccessToken.objects.update(
        refresh_at=now - timedelta(seconds=1), lease_owner="somebody", lease_until=now + timedelta(seconds=20)
    )
    Client().user("lina")
    assert calls("gettoken") == 1


def test_it_takes_over_from_a_colleague_who_died_while_fetching(wecom):
    Client().user("lina")
    past = timezone.now() - timedelta(seconds=1)
    AccessToken.objects.update(token="", lease_owner="dead", lease_until=past)
    assert Client().user("lina")["name"] == "李娜"


def test_it_gives_up_after_two_seconds_of_waiting_for_a_colleague(wecom, monkeypatch):
    monkeypatch.setattr("wecom.tokens.PATIENCE", 0.1)
    Client().tokens.row()
    AccessToken.objects.update(lease_owner="slow", lease_until=timezone.now() + timedelta(seconds=20))
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert caught.value.code == "busy"
    assert caught.value.retry_after


@pytest.mark.parametrize("revoke", ["deleted", "expired", "switch"])
def test_it_fetches_a_new_token_once_when_the_old_one_is_refused(wecom, revoke):
    Client().user("lina")
    if revoke == "deleted":
        SimulatedToken.objects.all().delete()
    elif revoke == "expired":
        SimulatedToken.objects.update(expires_at=timezone.now())
    else:
        Fault.objects.create(pk=1, stale_once=True)
    assert Client().user("lina")["name"] == "李娜"
    assert calls("gettoken") == 2
    assert trouble() is None


def test_it_tries_again_exactly_once(wecom, monkeypatch):
    asked = []

    def refused(base, request):
        asked.append(request.path)
        if request.path == "gettoken":
            return {"access_token": f"t{len(asked)}", "expires_in": 7200}
        raise WecomError(42001)

    monkeypatch.setattr(client_module, "ask", refused)
    with pytest.raises(WecomError):
        Client().user("lina")
    assert asked == ["gettoken", "user/get", "gettoken", "user/get"]


def test_it_does_not_throw_away_the_token_that_a_colleague_has_just_fetched(wecom):
    tokens = Client().tokens
    tokens.current()
    tokens.forget("the one before")
    assert AccessToken.objects.get().token != ""


@pytest.fixture
def expects(wecom, monkeypatch):
    """WeCom goes on expecting the secret of before, whatever the desk's settings say."""
    kept = SimpleNamespace(WECOM_CORP_ID="ww-demo", WECOM_SECRET="simulator-secret")
    monkeypatch.setattr("wecom.simulator.api.access.settings", kept)


def test_it_stops_asking_for_ten_minutes_when_the_secret_is_wrong(expects, settings):
    settings.WECOM_SECRET = "wrong"
    for _ in range(5):
        with pytest.raises(WecomError) as caught:
            Client().user("lina")
        assert (caught.value.code, caught.value.permanent) == (40001, False)
        assert "WECOM_SECRET" in caught.value.reaction
    assert calls("gettoken") == 1
    assert 0 < caught.value.retry_after <= 600
    assert trouble()
    AccessToken.objects.update(blocked_until=timezone.now())
    with pytest.raises(WecomError):
        Client().user("lina")
    assert calls("gettoken") == 2


def test_it_does_not_punish_a_corrected_secret(expects, settings):
    right = settings.WECOM_SECRET
    settings.WECOM_SECRET = "wrong"
    with pytest.raises(WecomError):
        Client().user("lina")
    settings.WECOM_SECRET = right
    assert Client().user("lina")["name"] == "李娜"
    assert trouble() is None


def test_it_tells_permanent_from_passing(wecom, faults):
    with pytest.raises(WecomError) as caught:
        Client().user("nobody")
    assert (caught.value.code, caught.value.permanent) == (60111, True)
    assert trouble() is None
    for switch, code in (("busy", -1), ("limited", 45009), ("down", "http 503")):
        faults(down=False, busy=False, limited=False)
        faults(**{switch: True})
        with pytest.raises(WecomError) as caught:
            Client().user("lina")
        assert (caught.value.code, caught.value.permanent) == (code, False)
        assert caught.value.retry_after
        assert trouble()
    faults(down=False)
    Client().user("lina")
    assert trouble() is None


def test_it_knows_that_a_slow_answer_may_have_been_a_success(wecom, faults, monkeypatch):
    Client().user("lina")
    monkeypatch.setattr(exchange, "TIMEOUTS", (3.05, 0.2))
    faults(slow_seconds=0.6)
    with pytest.raises(WecomError) as caught:
        Client().send_message(card())
    assert (caught.value.code, caught.value.uncertain) == ("interrupted", True)


def test_it_knows_that_nothing_left_when_nobody_listens(db, settings):
    settings.WECOM_API_BASE = "http://127.0.0.1:9/cgi-bin"
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert (caught.value.code, caught.value.uncertain, caught.value.permanent) == ("unreachable", False, False)


@responses.activate
def test_it_follows_no_redirect(settings):
    settings.WECOM_API_BASE = "https://qyapi.example/cgi-bin"
    elsewhere = responses.get("http://169.254.169.254/", json={"access_token": "x", "expires_in": 7200})
    responses.get("https://qyapi.example/cgi-bin/gettoken", status=302, headers={"Location": "http://169.254.169.254/"})
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert caught.value.code == "http 302"
    assert elsewhere.call_count == 0


def test_it_writes_the_same_dict_as_the_same_bytes_in_real_utf8():
    one, other = {"b": "张伟", "a": {"d": 1, "c": 2}}, {"a": {"c": 2, "d": 1}, "b": "张伟"}
    assert as_bytes(one) == as_bytes(other) == '{"a":{"c":2,"d":1},"b":"张伟"}'.encode()
    assert json.loads(as_bytes(one)) == one
