"""Who does not hold a role is told so, in the form that was asked for, and shown the way back."""

import pytest
from django.test import Client

from accounts import roles
from accounts.doors import role_required


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = "accounts.tests.addresses"


def browser_of(user, **headers):
    browser = Client(headers=headers)
    browser.force_login(user)
    return browser


def test_it_opens_for_the_role(wangqiang):
    assert browser_of(wangqiang).get("/workshop").content == b"welcome"


def test_it_shows_a_page_with_the_way_to_the_portal(zhangwei):
    answer = browser_of(zhangwei, accept="text/html").get("/workshop")
    assert answer.status_code == 403
    assert 'href="/itportal/' in answer.content.decode()


def test_it_answers_programs_in_json(zhangwei):
    answer = browser_of(zhangwei, accept="application/json").get("/workshop")
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert answer.json()["reason"]


def test_it_answers_htmx_with_a_fragment(zhangwei):
    answer = browser_of(zhangwei, accept="*/*", hx_request="true").get("/workshop")
    assert answer.status_code == 403
    assert answer.content.decode().startswith('<p class="refusal"')


def test_it_shuts_on_the_click_after_the_role_is_taken(wangqiang):
    browser = browser_of(wangqiang)
    assert browser.get("/workshop").status_code == 200
    roles.revoke(wangqiang, "agent", channel="command")
    assert browser.get("/workshop").status_code == 403


def test_it_sends_a_page_to_the_login_and_a_program_away(db):
    page = Client(headers={"accept": "text/html"}).get("/workshop")
    assert (page.status_code, page["Location"]) == (302, "/wecom/login?next=/workshop")
    assert Client(headers={"accept": "application/json"}).get("/workshop").status_code == 401
    assert Client(headers={"accept": "text/html", "hx-request": "true"}).get("/workshop").status_code == 401
    assert Client(headers={"accept": "text/html"}).post("/workshop").status_code == 401


def test_it_refuses_to_wrap_an_async_view():
    async def view(request): ...

    with pytest.raises(TypeError, match="sync"):
        role_required("agent")(view)
