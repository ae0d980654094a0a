"""The simulated WeCom keeps the real one's rules (WECOM 1 to 3)."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client as DjangoClient
from django.utils import timezone

from wecom.models import SimulatedCall, SimulatedMessage, SimulatedToken

from .conftest import at_once

API = "/wecom/simulator/cgi-bin"
Fate = SimulatedMessage.Fate

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client):
    """`api(path, body=None, **query)` → the answer's JSON, with a good token unless another is given."""
    first = client.get(f"{API}/gettoken", {"corpid": "ww-demo", "corpsecret": "simulator-secret"}).json()

    def call(path, body=None, **query):
        address = f"{API}/{path}?{urlencode({'access_token': first['access_token'], **query})}"
        if body is None:
            answer = client.get(address)
        else:
            raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            answer = client.post(address, raw, content_type="application/json")
        assert answer.status_code == 200
        return answer.json()

    return call


def card(touser="zhangwei", **changes):
    content = {"title": "标题", "description": "说明", "url": "http://testserver/itdesk/", **changes}
    return {"touser": touser, "agentid": 1000002, "msgtype": "textcard", "textcard": content}


def fates(userid):
    return list(SimulatedMessage.objects.filter(userid=userid).order_by("id").values_list("fate", flat=True))


@pytest.mark.parametrize(
    ("query", "code"),
    [({"corpid": "other"}, 40013), ({"corpsecret": "wrong"}, 40001), ({}, 0)],
)
def test_it_gives_a_token_for_the_right_secret_only(client, query, code):
    answer = client.get(f"{API}/gettoken", {"corpid": "ww-demo", "corpsecret": "simulator-secret", **query})
    assert (answer.status_code, answer.json()["errcode"]) == (200, code)


def test_it_repeats_the_token_until_it_expires(client):
    query = {"corpid": "ww-demo", "corpsecret": "simulator-secret"}
    first = client.get(f"{API}/gettoken", query).json()["access_token"]
    assert client.get(f"{API}/gettoken", query).json()["access_token"] == first
    SimulatedToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"{API}/gettoken", query).json()["access_token"] != first


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("made up", 40014)])
def test_it_refuses_a_call_without_a_good_token(api, token, code):
    answer = api("user/get", userid="zhangwei", access_token=token)
    assert answer["errcode"] == code
    assert (
        f"from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e={code}" in answer["errmsg"]
    )
    assert "hint: [" in answer["errmsg"]


def test_it_refuses_an_expired_token(api):
    SimulatedToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api("user/get", userid="zhangwei")["errcode"] == 42001


@pytest.mark.parametrize(("userid", "code"), [("ZhangWei", 0), ("nobody", 60111), ("sunlei", 60011)])
def test_it_shows_only_members_in_the_visible_range(api, userid, code):
    assert api("user/get", userid=userid)["errcode"] == code


def authorize(client, **changes):
    query = {
        "appid": "ww-demo",
        "redirect_uri": "http://testserver/wecom/oauth/callback",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc",
        "agentid": "1000002",
        **changes,
    }
    return client.get("/wecom/simulator/authorize", query)


def test_it_spends_a_code_at_the_first_use_and_lets_it_die_after_five_minutes(api, client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)

    def fresh():
        return authorize(client, userid="ZHANGWEI")["Location"].partition("code=")[2].partition("&")[0]

    code = fresh()
    assert api("auth/getuserinfo", code=code) == {"errcode": 0, "errmsg": "ok", "userid": "zhangwei"}
    assert api("auth/getuserinfo", code=code)["errcode"] == 40029
    code = fresh()
    time_machine.shift(timedelta(minutes=5, seconds=1))
    assert api("auth/getuserinfo", code=code)["errcode"] == 40029


def test_it_picks_a_member_by_address_without_a_page(client):
    answer = authorize(client, userid="LiNa")
    assert answer.status_code == 302
    assert answer["Location"].startswith("http://testserver/wecom/oauth/callback?code=")
    assert answer["Location"].endswith("&state=abc")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"redirect_uri": "https://evil.example/"}, 400, "50001"),
        ({"redirect_uri": "//evil.example/"}, 400, "50001"),
        ({"redirect_uri": "http://["}, 400, "50001"),
        ({"redirect_uri": "javascript://testserver/%0aalert(1)"}, 400, "50001"),
        ({"appid": "other"}, 400, "40013"),
        ({"state": "a.b"}, 400, "40058"),
        ({"state": "a" * 129}, 400, "40058"),
        ({"userid": "nobody"}, 404, "60111"),
    ],
)
def test_it_refuses_an_address_that_wecom_would_refuse(client, changes, status, code):
    answer = authorize(client, **{"userid": "lina", **changes})
    assert answer.status_code == status
    assert code in answer.content.decode()


def test_it_shows_everybody_to_pick_from_and_finds_by_name(client):
    page = authorize(client).content.decode()
    assert all(name in page for name in ("张伟", "赵敏", "不在可见范围", "外部人员", "模拟器"))
    found = authorize(client, q="李娜").content.decode()
    assert "李娜" in found
    assert "张伟" not in found


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": ""}, 82001),
        ({"touser": ["zhangwei"]}, 40035),
        ({"touser": "|".join(f"u{n}" for n in range(1001))}, 40032),
        ({"touser": "nobody|sunlei"}, 81013),
        ({"duplicate_check_interval": "soon"}, 40035),
        ({"agentid": "1000002"}, 40056),
        ({"agentid": 1}, 301002),
        ({"msgtype": "mpnews"}, 40008),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "template_card", "template_card": {"card_type": "vote"}}, 42031),
    ],
)
def test_it_refuses_a_message_that_wecom_would_refuse(api, changes, code):
    assert api("message/send", {**card(), **changes})["errcode"] == code
    assert not SimulatedMessage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "字" * 43}, 40058),
        ({"title": "字" * 42}, 0),
        ({"description": "字" * 171}, 40058),
        ({"description": "字" * 170}, 0),
        ({"url": "/itdesk/"}, 40058),
        ({"url": "http://x/" + "a" * 2048}, 40058),
        ({"btntxt": "太长的按钮"}, 40058),
        ({"title": ""}, 40058),
    ],
)
def test_it_counts_a_cards_bytes(api, changes, code):
    assert api("message/send", card(**changes))["errcode"] == code


def test_it_refuses_what_is_no_json(api):
    assert api("message/send", b"\xff{")["errcode"] == 47001
    assert api("message/send", b"[" * 5000)["errcode"] == 47001
    assert api("message/send")["errcode"] == 40058


def test_it_cuts_a_long_text_between_two_characters(api):
    api("message/send", {"touser": "zhangwei", "agentid": 1000002, "msgtype": "text", "text": {"content": "字" * 700}})
    assert SimulatedMessage.objects.get().body["text"]["content"] == "字" * 682


def test_it_names_those_it_cannot_reach_in_lower_case(api):
    answer = api("message/send", card("ZhangWei|Nobody|SunLei"))
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody|sunlei")
    assert fates("zhangwei") == [Fate.ARRIVED]


def test_it_swallows_the_same_bytes_inside_the_window_and_only_there(api, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    body = json.dumps({**card(), "enable_duplicate_check": 1, "duplicate_check_interval": 14400}).encode()
    api("message/send", body)
    assert api("message/send", body)["errcode"] == 0
    api("message/send", body + b" ")
    assert fates("zhangwei") == [Fate.ARRIVED, Fate.DUPLICATE, Fate.ARRIVED]
    SimulatedMessage.objects.update(sent_at=timezone.now() - timedelta(hours=4, seconds=1))
    api("message/send", body)
    assert fates("zhangwei")[-1] == Fate.ARRIVED


def test_it_delivers_equal_messages_when_nobody_asked_for_the_check(api):
    api("message/send", card())
    api("message/send", card())
    assert fates("zhangwei") == [Fate.ARRIVED, Fate.ARRIVED]


def test_it_drops_the_thirty_first_message_of_a_minute_without_an_error(api):
    answers = [api("message/send", card(description=str(number)))["errcode"] for number in range(31)]
    assert answers == [0] * 31
    assert fates("zhangwei") == [Fate.ARRIVED] * 30 + [Fate.DROPPED]
    assert SimulatedCall.objects.filter(note__contains="dropped silently").count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_delivers_once_when_equal_requests_come_together(api):
    token = SimulatedToken.objects.get().token
    body = json.dumps({**card(), "enable_duplicate_check": 1}).encode()
    at_once(6, lambda _: DjangoClient().post(f"{API}/message/send?access_token={token}", body, "application/json"))
    assert sorted(fates("zhangwei")) == [Fate.ARRIVED] + [Fate.DUPLICATE] * 5


def test_it_is_not_there_unless_it_is_switched_on(settings, client):
    from importlib import reload

    from django.urls import clear_url_caches

    import itdesk.urls

    settings.WECOM_SIMULATOR = False
    try:
        reload(itdesk.urls)
        clear_url_caches()
        assert client.get("/wecom/simulator/").status_code == 404
        assert client.get(f"{API}/gettoken").status_code == 404
    finally:
        settings.WECOM_SIMULATOR = True
        reload(itdesk.urls)
        clear_url_caches()
