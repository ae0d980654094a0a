"""The set-up page against each misconfiguration, through HTTP on both sides (WECOM 12)."""

import json
import re

import pytest
from django.utils import timezone

from accounts.models import User
from wecom.models import Inbound, Milestone
from wecom.setup.steps import STEPS

from .conftest import Browser
from .strict_wecom import OUTSIDE

PAGE = "/admin/wecom/setup/"
TESTED = [step.slug for step in STEPS if step.is_tested]


def lines(response):
    """[(state, all its text)] of a fragment."""
    assert response.status_code == 200, response.status_code
    found = re.findall(r'<li class="outcome outcome--(\w+)">(.*?)</div>\s*</li>', response.content.decode(), re.S)
    return [(state, " ".join(re.sub(r"<[^>]+>", " ", text).split())) for state, text in found]


def outcomes_of(admin, slug):
    return lines(admin.get(f"{PAGE}steps/{slug}"))


def the_bad(admin, slug):
    """The text of the one bad line of this step."""
    bad = [text for state, text in outcomes_of(admin, slug) if state == "bad"]
    assert len(bad) == 1, bad
    return bad[0]


def test_it_shows_every_step_at_once_and_asks_wecom_nothing(company, admin):
    page = admin.get(PAGE).content.decode()
    for step in STEPS:
        assert f'id="{step.slug}"' in page
    assert re.findall(r'hx-get="/admin/wecom/setup/steps/([\w-]+)"', page) == TESTED
    assert "https://testserver/wecom/callback" in page
    assert company.asked == []


def test_it_is_found_from_the_admins_first_page(admin):
    assert PAGE in admin.get("/admin/").content.decode()


def test_it_finds_nothing_wrong_where_nothing_is(company, admin):
    Milestone.reached(Milestone.Name.IN_APP_LOGIN)
    Milestone.reached(Milestone.Name.WEB_LOGIN)
    moment = timezone.now()
    Inbound.objects.create(key="k", userid="lina", line="lina", kind="text", sent_at=moment)
    states = {state for slug in TESTED for state, _text in outcomes_of(admin, slug)}
    assert states == {"good", "told"}  # no ownership file, and that need not be wrong


def test_it_names_the_outgoing_address_before_anything_is_trusted(company, admin):
    company.secret = "another"
    assert ("good", f"通过 连得上企业微信 出口地址 {OUTSIDE}") in outcomes_of(admin, "server")


@pytest.mark.parametrize(
    ("change", "slug", "code", "word"),
    [
        ({"secret": "another"}, "app", 40001, "WECOM_SECRET"),
        ({"corp_id": "ww-another"}, "app", 40013, "WECOM_CORP_ID"),
        ({"user/get": 60020}, "trusted-ip", 60020, "企业可信 IP"),
        ({"user/get": 50003}, "visible", 50003, "启用应用"),
        ({"user/get": 60011}, "visible", 60011, "可见范围"),
        ({"get_jsapi_ticket": 50001}, "domain", 50001, "可信域名"),
        ({"get_jsapi_ticket": 80001}, "domain", 80001, "备案"),
        ({"gettoken": 45009}, "app", 45009, "限制"),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(company, admin, change, slug, code, word):
    for name, value in change.items():
        if isinstance(value, int):
            company.answers[name] = company.no(value, "no")
        else:
            setattr(company, name, value)
    text = the_bad(admin, slug)
    assert f"错误码 {code}" in text
    assert word in text
    assert f"出口地址 {OUTSIDE}" in text
    assert "hint 1700000000123456789" in text


def test_it_does_not_have_a_wrong_secret_tried_by_pressing_a_button(company, admin):
    company.secret = "another"
    for _ in range(10):
        assert "40001" in the_bad(admin, "app")
        assert "40001" in the_bad(admin, "visible")
    assert company.count("gettoken") == 1


def test_it_fetches_a_token_however_good_the_kept_one_is(company, admin):
    assert outcomes_of(admin, "visible")[0][0] == "good"
    company.secret = "changed in the console"
    assert "40001" in the_bad(admin, "app")


@pytest.mark.parametrize("clock", [600, -600])
def test_it_sees_a_clock_that_is_off(company, admin, clock):
    company.clock = clock
    text = the_bad(admin, "server")
    assert ("慢了 600" if clock > 0 else "快了 600") in text or ("慢了 599" if clock > 0 else "快了 599") in text
    assert "NTP" in text


def test_it_sees_that_the_page_was_opened_under_another_host(company, admin, settings):
    settings.SITE_URL = "https://desk.example.com"
    assert "testserver" in (text := the_bad(admin, "server"))
    assert "desk.example.com" in text


@pytest.mark.parametrize("site", ["https://testserver:8443", "https://10.0.0.7"])
def test_it_refuses_an_address_that_wecom_would_refuse(company, admin, settings, site):
    settings.SITE_URL = site
    assert "SITE_URL" in the_bad(admin, "server")


def test_it_knows_that_no_callback_is_set(company, admin, settings):
    settings.WECOM_CALLBACK_TOKEN = ""
    text = the_bad(admin, "callback")
    assert "WECOM_CALLBACK_TOKEN" in text
    assert "43012" in text


def test_it_waits_for_the_first_callback_and_the_first_logins(company, admin):
    for slug in ("callback", "domain", "web-login"):
        state, text = outcomes_of(admin, slug)[-1]
        assert state == "open"
        assert "还没有" in text


def test_it_sees_a_codec_that_is_wrong(company, admin, monkeypatch):
    monkeypatch.setattr("wecom.crypto.PADDED_TO", 16)
    assert "官方样例" in the_bad(admin, "callback")


def test_it_says_which_settings_are_missing(company, admin, settings):
    settings.WECOM_SECRET = ""
    assert "WECOM_SECRET" in the_bad(admin, "app")


def test_it_gives_a_dead_wecom_its_time_limit_and_no_more(company, admin, settings):
    settings.WECOM_API_BASE = "http://127.0.0.1:9/cgi-bin"
    for slug in ("app", "visible", "server", "domain", "trusted-ip"):
        assert "unreachable" in the_bad(admin, slug)
    assert admin.get(PAGE).status_code == 200


def test_it_sends_one_message_to_who_asks(company, admin):
    assert lines(admin.post(f"{PAGE}message")) == [("good", "通过 企业微信收下了，请在企业微信里查看。")]
    sent = [json.loads(body) for path, _query, body in company.asked if path == "message/send"]
    assert [(body["touser"], body["agentid"]) for body in sent] == [("zhaomin", 1000002)]
    assert sent[0]["textcard"]["url"].startswith("https://testserver/itportal/")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"errcode": 0, "invaliduser": "zhaomin"}, "81013"),
        ({"errcode": 0, "unlicenseduser": "zhaomin"}, "基础接口许可"),
        ({"errcode": 40056, "errmsg": "invalid agentid"}, "WECOM_AGENT_ID"),
    ],
)
def test_it_does_not_take_success_for_delivery(company, admin, answer, word):
    company.answers["message/send"] = answer
    ((state, text),) = lines(admin.post(f"{PAGE}message"))
    assert state == "bad"
    assert word in text


def test_it_has_no_member_to_ask_for_when_a_break_glass_administrator_tests(company, client, zhaomin):
    User.objects.filter(pk=zhaomin.pk).update(corp_id="")
    client.force_login(User.objects.get(pk=zhaomin.pk), backend="accounts.backends.BreakGlassBackend")
    assert outcomes_of(client, "visible")[0][0] == "told"
    assert lines(client.post(f"{PAGE}message"))[0][0] == "told"
    assert company.count("message/send") == 0


def test_it_shows_the_alarm_where_administrators_come_by(company, admin):
    company.answers["user/get"] = company.no(60020, "not allow to access from your ip")
    the_bad(admin, "visible")
    for page in ("/admin/", PAGE):
        text = admin.get(page).content.decode()
        assert "60020" in text
        assert OUTSIDE in text


def test_it_remembers_which_way_in_worked(wecom, zhaomin):
    Browser(in_wecom=True).sign_in("zhaomin")
    assert set(Milestone.objects.values_list("name", flat=True)) == {"in_app_login"}
    Browser().sign_in("zhaomin")
    assert set(Milestone.objects.values_list("name", flat=True)) == {"in_app_login", "web_login"}
