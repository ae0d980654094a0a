"""The portal: one role goes straight on, several choose, the last choice is remembered, none is told whom to ask."""

import pytest
from django.test import Client

from accounts import roles
from accounts.models import User
from conversations.commands.messages import post_message, post_reply


def browser_of(user, **headers):
    browser = Client(headers={"accept": "text/html"} | headers)
    browser.force_login(user)
    return browser


def cards(answer):
    return [card["place"].code for card in answer.context["cards"]]


def test_the_bare_address_leads_to_the_portal(db):
    assert Client().get("/")["Location"] == "/itportal/"


def test_one_role_goes_straight_to_its_place(zhangwei):
    answer = browser_of(zhangwei).get("/itportal/")
    assert (answer.status_code, answer["Location"]) == (302, "/itdesk/")


@pytest.mark.parametrize(("code", "url"), [("agent", "/agent/"), ("admin", "/admin/")])
def test_one_other_role_goes_straight_to_its_place_too(zhangwei, code, url):
    roles.grant(zhangwei, code, channel="command")
    roles.revoke(zhangwei, "user", channel="command")
    assert browser_of(zhangwei).get("/itportal/")["Location"] == url


def test_the_cards_are_shown_on_request_even_for_one_role(zhangwei):
    assert cards(browser_of(zhangwei).get("/itportal/?choose=1")) == ["user"]


def test_several_roles_choose(zhaomin, wangqiang):
    assert cards(browser_of(wangqiang).get("/itportal/")) == ["user", "agent"]
    assert cards(browser_of(zhaomin).get("/itportal/")) == ["user", "agent", "admin"]


def test_a_card_leads_to_its_place_and_is_remembered(wangqiang):
    browser = browser_of(wangqiang)
    answer = browser.get("/itportal/go/agent")
    assert (answer.status_code, answer["Location"]) == (302, "/agent/")
    assert answer.cookies["place"]["max-age"] == 365 * 24 * 3600
    page = browser.get("/itportal/")
    assert [card["last"] for card in page.context["cards"]] == [False, True]
    html = page.content.decode()
    assert html.count("autofocus") == 1  # Enter goes on


def test_a_forged_choice_opens_nothing(zhangwei):
    browser = browser_of(zhangwei)
    browser.cookies["place"] = "admin"
    assert browser.get("/itportal/")["Location"] == "/itdesk/"
    for code in ("admin", "agent", "king"):
        answer = browser.get(f"/itportal/go/{code}")
        assert answer["Location"] == "/itportal/"
        assert "place" not in answer.cookies


def test_nobody_without_a_role_is_left_alone(zhangwei):
    roles.revoke(zhangwei, "user", channel="command")
    answer = browser_of(zhangwei).get("/itportal/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "请联系 IT 部门的管理员" in page
    assert "zhangwei" in page
    assert "/itportal/logout" in page


def test_the_agents_card_tells_how_many_wait(wangqiang, zhangwei, lina):
    assert "没有人在等" in browser_of(wangqiang).get("/itportal/").content.decode()
    for employee in (zhangwei, lina):
        post_message(author=employee, content="打印机连不上", client_id="0b6bdf6e-3a76-4c0c-9d3c-d6c9b7f2a8f1")
    assert "2 人等待" in browser_of(wangqiang).get("/itportal/").content.decode()


def test_the_employees_card_tells_of_new_replies(wangqiang, liyang):
    asked, _ = post_message(author=wangqiang, content="打印机连不上", client_id="0b6bdf6e-3a76-4c0c-9d3c-d6c9b7f2a8f1")
    assert "1 个请求处理中" in browser_of(wangqiang).get("/itportal/").content.decode()
    reply = {"conversation_id": asked.conversation_id, "client_id": "0b6bdf6e-3a76-4c0c-9d3c-d6c9b7f2a8f2"}
    post_reply(author=liyang, content="请重启打印机", **reply)
    assert "条新消息" in browser_of(wangqiang).get("/itportal/").content.decode()


def test_a_name_is_shown_as_text(zhangwei):
    User.objects.update(name="<script>alert(1)</script>")
    assert "<script>alert" not in browser_of(zhangwei).get("/itportal/?choose=1").content.decode()


def test_the_roles_are_told_as_json(zhaomin):
    answer = browser_of(zhaomin).get("/api/portal/roles")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "roles": [
            {"code": "user", "name": "员工", "url": "/itdesk/"},
            {"code": "agent", "name": "客服", "url": "/agent/"},
            {"code": "admin", "name": "管理员", "url": "/admin/"},
        ]
    }


def test_a_role_that_was_taken_is_told_no_longer(wangqiang):
    browser = browser_of(wangqiang)
    roles.revoke(wangqiang, "agent", channel="command")
    assert [role["code"] for role in browser.get("/api/portal/roles").json()["roles"]] == ["user"]


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_who_is_not_signed_in_gets_401_json_from_the_api(db, accept):
    answer = Client(headers={"accept": accept}).get("/api/portal/roles")
    assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")


def test_who_is_not_signed_in_is_sent_to_the_login_and_comes_back(db):
    answer = Client(headers={"accept": "text/html"}).get("/itportal/")
    assert answer["Location"] == "/wecom/login?next=/itportal/"


def test_it_speaks_the_other_language(wangqiang):
    browser = browser_of(wangqiang)
    answer = browser.post("/language", {"language": "en", "next": "/itportal/?choose=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/itportal/?choose=1")
    page = browser.get("/itportal/").content.decode()
    assert '<html lang="en">' in page


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_language_switch_sends_nobody_off_site(wangqiang, elsewhere):
    answer = browser_of(wangqiang).post("/language", {"language": "en", "next": elsewhere})
    assert "evil" not in answer["Location"]
