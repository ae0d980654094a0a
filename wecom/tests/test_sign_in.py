"""From the login to a session and nowhere else (RELIABILITY A1, A2, A4, A6)."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import roles
from accounts.models import Role, RoleGrant, User

from .conftest import Browser, at_once, query_of

pytestmark = pytest.mark.django_db  # transactional where `wecom`, a live server, takes part


def sessions():
    return Session.objects.count()


def test_it_signs_a_member_in_and_comes_out_at_a_clean_address(browser):
    answer = browser.sign_in("zhangwei", next="/itdesk/c/1/?m=3")
    assert (answer.status_code, answer["Location"]) == (303, "/itdesk/c/1/?m=3")
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get()
    assert (user.corp_id, user.userid, user.name, user.department, user.position) == (
        "ww-demo", "zhangwei", "张伟", "财务部", "会计",
    )  # fmt: skip
    assert browser.signed_in_as == "zhangwei"
    assert user.role_codes == {"user"}
    assert browser.session["signed_in_at"] == pytest.approx(timezone.now().timestamp(), abs=60)


def test_it_sends_the_in_app_browser_to_oauth2_with_the_parameters_in_wecoms_order(settings, wecom):
    settings.WECOM_AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize"
    address = Browser(in_wecom=True).leave()
    state = query_of(address)["state"]
    assert len(state) == 64
    assert address == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww-demo"
        "&redirect_uri=http%3A%2F%2Ftestserver%2Fwecom%2Foauth%2Fcallback&response_type=code&scope=snsapi_base"
        f"&state={state}&agentid=1000002#wechat_redirect"
    )


def test_it_sends_any_other_browser_to_the_qr_code(settings, browser):
    settings.WECOM_QR_LOGIN_URL = "https://login.work.weixin.qq.com/wwlogin/sso/login"
    address = browser.leave()
    assert address.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww-demo&")
    assert query_of(address)["redirect_uri"] == "http://testserver/wecom/oauth/callback"


@pytest.mark.parametrize("case", ["missing", "wrong", "malformed"])
def test_it_refuses_a_state_that_this_browser_never_had(browser, case):
    way_back = browser.way_back("zhangwei")
    path, _, query = way_back.partition("?")
    code = query_of(way_back)["code"]
    state = {"missing": "", "wrong": "&state=" + "a" * 64, "malformed": "&state=../../x"}[case]
    answer = browser.get(f"{path}?code={code}{state}")
    assert answer.status_code == 400
    assert "/wecom/login?next=" in answer.content.decode()
    assert sessions() == 0


def test_it_refuses_the_way_back_of_another_browser(browser):
    stolen = browser.way_back("zhangwei")
    victim = Browser()
    victim.leave()
    assert victim.get(stolen).status_code == 400
    assert sessions() == 0


def test_it_refuses_a_state_after_ten_minutes(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        way_back = browser.way_back("zhangwei")
        clock.shift(timedelta(minutes=10, seconds=1))
        assert browser.get(way_back).status_code == 400
    assert sessions() == 0


def test_it_refuses_a_state_with_a_second_code(browser):
    address = browser.leave()
    codes = [query_of(browser.get(f"{address}&userid={who}")["Location"])["code"] for who in ("zhangwei", "lina")]
    state = query_of(address)["state"]
    assert browser.get("/wecom/oauth/callback", {"code": codes[0], "state": state}).status_code == 303
    assert browser.get("/wecom/oauth/callback", {"code": codes[1], "state": state}).status_code == 400
    assert browser.signed_in_as == "zhangwei"


def test_it_goes_where_the_attempt_began_whatever_the_way_back_says(browser):
    answer = browser.get(browser.way_back("zhangwei", next="/itdesk/") + "&next=/admin/")
    assert answer["Location"] == "/itdesk/"


def test_it_finishes_each_of_several_tabs(browser):
    first, second = (
        browser.way_back("zhangwei", next="/itdesk/"),
        browser.way_back("zhangwei", next="/itdesk/requests/"),
    )
    assert browser.get(second)["Location"] == "/itdesk/requests/"
    assert browser.get(first)["Location"] == "/itdesk/"


def test_it_forgets_the_oldest_of_six_tabs(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ways = []
        for _ in range(6):
            ways.append(browser.way_back("zhangwei"))
            clock.shift(1)
        assert browser.get(ways[0]).status_code == 400
        assert browser.get(ways[1]).status_code == 303


def test_it_gives_the_same_login_to_a_reload_and_to_the_back_button(browser):
    way_back = browser.way_back("zhangwei")
    browser.get(way_back)
    key = browser.session.session_key
    again = browser.get(way_back)
    assert (again.status_code, again["Location"]) == (303, "/itdesk/")
    assert (browser.session.session_key, sessions()) == (key, 1)


def test_it_makes_one_session_of_ten_equal_ways_back_at_once(browser):
    way_back = browser.way_back("zhangwei")
    cookies = browser.cookies

    def come_back(_number):
        twin = Browser()
        twin.cookies.update(cookies)
        answer = twin.get(way_back)
        return answer.status_code, answer["Location"], twin.session.session_key

    results = at_once(10, come_back)
    assert {result[:2] for result in results} == {(303, "/itdesk/")}, results
    assert len({result[2] for result in results}) == 1
    assert sessions() == 1


def test_it_does_not_sign_in_again_by_the_back_button_after_a_logout(browser):
    way_back = browser.way_back("zhangwei")
    browser.get(way_back)
    Session.objects.all().delete()
    assert browser.get(way_back).status_code == 400
    assert sessions() == 0


def test_it_starts_over_once_when_the_code_is_spent_and_then_stops(browser):
    def come_with_a_bad_code(address):
        return browser.get("/wecom/oauth/callback", {"code": "spent", "state": query_of(address)["state"]})

    restarted = come_with_a_bad_code(browser.leave(next="/itdesk/requests/"))
    assert restarted.status_code == 303
    assert restarted["Location"].startswith("/wecom/simulator/authorize?")
    address = restarted["Location"]
    second = browser.get("/wecom/oauth/callback", {"code": "spent too", "state": query_of(address)["state"]})
    assert second.status_code == 400
    assert "/wecom/login?next=/itdesk/requests/" in second.content.decode().replace("%2F", "/")
    assert sessions() == 0


def test_it_offers_a_fresh_start_when_the_member_refused(browser):
    state = query_of(browser.leave())["state"]
    answer = browser.get("/wecom/oauth/callback", {"state": state})
    assert answer.status_code == 400
    assert "您取消了登录" in answer.content.decode()
    late = browser.get("/wecom/oauth/callback", {"state": state, "code": "x"})
    assert late.status_code == 400
    assert sessions() == 0


def test_it_refuses_whoever_is_no_member(browser):
    back = browser.get(f"{browser.leave()}&outsider=1")["Location"]
    answer = browser.get(back)
    assert answer.status_code == 403
    assert "只对本公司成员开放" in answer.content.decode()
    assert (sessions(), User.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "info", [{"OpenId": "o1"}, {"openid": "o1"}, {"userid": "wwother/zhangwei"}, {"userid": ""}, {}]
)
def test_it_takes_nothing_but_a_userid_of_this_corp_for_an_identity(browser, monkeypatch, info):
    monkeypatch.setattr("wecom.client.Client.user_info", lambda self, code: info)
    assert browser.sign_in("zhangwei").status_code == 403
    assert User.objects.count() == 0


def test_it_refuses_a_member_outside_the_visible_range(browser):
    answer = browser.sign_in("sunlei")
    assert answer.status_code == 403
    assert "可见范围" in answer.content.decode()
    assert (sessions(), User.objects.count()) == (0, 0)


def test_it_knows_a_member_whatever_the_case_of_the_userid(browser):
    browser.sign_in("ZhangWei")
    Browser().sign_in("ZHANGWEI")
    assert [user.userid for user in User.objects.all()] == ["zhangwei"]


def test_it_refuses_a_deactivated_person(browser, zhangwei):
    zhangwei.is_active = False
    zhangwei.save(update_fields=["is_active"])
    assert browser.sign_in("zhangwei").status_code == 403
    assert sessions() == 0


def test_it_follows_a_changed_name_and_keeps_the_person(browser, zhangwei):
    zhangwei.name = zhangwei.department = "旧的"
    zhangwei.save(update_fields=["name", "department"])
    browser.sign_in("zhangwei")
    assert list(User.objects.values_list("pk", "name", "department")) == [(zhangwei.pk, "张伟", "财务部")]


def test_it_gives_the_first_role_once_and_respects_that_it_was_taken_away(browser):
    browser.sign_in("zhangwei")
    user = User.objects.get()
    assert RoleGrant.objects.get().granted_by is None
    roles.revoke(user, Role.USER, channel="admin")
    Browser().sign_in("zhangwei")
    assert User.objects.get().role_codes == frozenset()


def test_it_changes_the_session_key_and_drops_what_lay_in_the_session(browser):
    planted = browser.session
    planted["planted"] = "x"
    planted.save()
    browser.cookies["sessionid"] = planted.session_key
    browser.sign_in("zhangwei")
    assert browser.session.session_key != planted.session_key
    assert "planted" not in browser.session
    assert not Session.objects.filter(pk=planted.session_key).exists()


def test_it_ends_the_session_of_whoever_was_signed_in_here_before(browser):
    browser.sign_in("zhangwei")
    before = browser.session.session_key
    browser.sign_in("lina")
    assert browser.signed_in_as == "lina"
    assert not Session.objects.filter(pk=before).exists()


def test_it_ends_a_session_after_a_week_however_often_it_was_saved(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser.sign_in("zhangwei")
        clock.shift(timedelta(days=6))
        touched = browser.session
        touched["something"] = 1
        touched.save()
        assert browser.get("/itdesk/").status_code == 200
        clock.shift(timedelta(days=1, seconds=1))
        assert browser.get("/itdesk/")["Location"] == "/wecom/login?next=/itdesk/"


def test_it_says_so_when_wecom_does_not_answer(browser, faults):
    way_back = browser.way_back("zhangwei")
    faults(down=True)
    answer = browser.get(way_back)
    assert answer.status_code == 503
    assert "企业微信暂时没有回应" in answer.content.decode()
    assert sessions() == 0


def test_it_counts_only_ways_back_that_failed(wecom, settings):
    settings.RATE_LOGIN = "2/h"
    office = {"REMOTE_ADDR": "203.0.113.9"}
    member, stranger = Browser(), Browser()
    member.defaults.update(office)
    stranger.defaults.update(office)
    for _ in range(4):
        assert member.sign_in("zhangwei").status_code == 303
    refused = [stranger.get("/wecom/oauth/callback", {"code": "x", "state": "y"}) for _ in range(3)]
    assert [answer.status_code for answer in refused] == [400, 400, 429]
    assert int(refused[2]["Retry-After"]) > 0


def test_it_says_so_when_no_wecom_is_connected(browser, settings):
    settings.WECOM_CORP_ID = ""
    assert browser.get("/wecom/login").status_code == 503
