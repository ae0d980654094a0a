"""A drawn phone and an agent's console in one browser: each has its own cookies, and nobody else is touched."""

import pytest
from django.test import Client as DjangoClient

from accounts.models import User
from wecom.models import Fault
from wecom.simulator import browsers, rules
from wecom.simulator.jar import OWNER, PAGES, PHONE, jar_of, sockets

from .conftest import Browser

AROUND = "http://testserver/wecom/simulator/phone/zhangwei/"
DESK = "http://testserver/itdesk/"
OWNED = {OWNER: "zhangwei"}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "referer", "cookies", "jar"),
    [
        ("/itdesk/", "", {}, ""),
        ("/itdesk/", AROUND, {}, ""),
        ("/itdesk/", "", {OWNER: ""}, ""),
        ("/itdesk/", "", OWNED, PHONE),
        ("/ws/desk/", "", OWNED, PHONE),
        ("/uploads/", DESK, OWNED, PHONE),
        ("/uploads/", "http://testserver/agent/", OWNED, ""),
        ("/uploads/", "http://elsewhere.example/itdesk/", OWNED, ""),
        ("/uploads/", "http://[", OWNED, ""),
        ("/agent/", "http://testserver/wecom/simulator/together", OWNED, ""),
        ("/wecom/login", AROUND, OWNED, PHONE),
        ("/wecom/oauth/callback", AROUND, OWNED, PHONE),
        ("/wecom/simulator/authorize", AROUND, OWNED, ""),
        ("/wecom/simulator/phone/zhangwei/say", AROUND, {}, PAGES),
        ("/wecom/simulator/phone/zhangwei/open", AROUND, {}, ""),
        ("/wecom/simulator/faults", "http://testserver/wecom/simulator/", OWNED, ""),
    ],
)
def test_it_knows_a_page_of_the_phone_by_its_path_or_by_who_asks(path, referer, cookies, jar):
    assert jar_of(path, referer, "testserver", cookies) == jar


def in_frame(browser, userid, to="/itdesk/"):
    """Open a page in the drawn phone, as its frame does; the referer stays the phone's through all redirects."""
    address = f"/wecom/simulator/phone/{userid}/open?frame=1&to={to}"
    return browser.get(address, follow=True, headers={"referer": AROUND, "host": "testserver"})


def who_has(browser, cookie):
    from django.contrib.sessions.models import Session

    key = browser.cookies[cookie].value
    return User.objects.get(pk=Session.objects.get(pk=key).get_decoded()["_auth_user_id"]).userid


def test_an_agent_and_an_employee_share_a_browser(wecom, zhangwei, wangqiang):
    browser = Browser()
    browser.sign_in("wangqiang", "/agent/")
    page = in_frame(browser, "zhangwei")
    assert page.status_code == 200
    assert (who_has(browser, "sessionid"), who_has(browser, f"{PHONE}sessionid")) == ("wangqiang", "zhangwei")
    console = browser.get(
        "/agent/", headers={"referer": "http://testserver/wecom/simulator/together", "host": "testserver"}
    )
    assert console.status_code == 200
    assert console.context["request"].user.userid == "wangqiang"
    assert browser.get("/itdesk/").context["request"].user.userid == "zhangwei"


def test_a_console_in_the_phone_belongs_to_the_browser(wecom, wangqiang):
    browser = Browser()
    answer = browser.get(
        "/wecom/simulator/phone/wangqiang/open?frame=1&to=/agent/", headers={"referer": AROUND}
    )  # fmt: skip
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not browser.cookies[OWNER].value if OWNER in browser.cookies else True


def test_its_pages_run_in_wecoms_own_browser(wecom, zhangwei):
    browser = Browser()
    page = in_frame(browser, "zhangwei")
    assert b'<head><script src="/wecom/simulator/bridge.js"></script>' in page.content
    assert "connect/oauth2" in str(page.redirect_chain) or "response_type=code" in str(page.redirect_chain)
    alone = DjangoClient().get("/itportal/signed-out")
    assert b"bridge.js" not in alone.content


@pytest.mark.parametrize("engine", list(browsers.USER_AGENTS))
def test_every_browser_says_wxwork_first(client, engine):
    rules.turn(engine=engine)
    script = client.get("/wecom/simulator/bridge.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "wxwork/" in script.content.decode()
    assert browsers.user_agent().index("wxwork") < browsers.user_agent().index("MicroMessenger")


@pytest.mark.parametrize(
    ("choice", "header", "leads_to"),
    [("login", None, "/wecom/login"), ("kept", None, "/itdesk/"), ("cleared", '"storage"', "/wecom/login")],
)
def test_the_phone_keeps_or_clears_what_the_last_person_left(client, choice, header, leads_to):
    rules.turn(storage=choice)
    answer = client.get("/wecom/simulator/phone/lina/open?to=/itdesk/")
    assert answer["Location"].partition("?")[0] == leads_to
    assert answer.get("Clear-Site-Data") == header


def test_the_frames_socket_carries_the_frames_cookies():
    import asyncio

    seen = []

    async def socket(scope, receive, send):
        seen.append(dict(scope["headers"])[b"cookie"])

    cookie = f"sessionid=agents; {OWNER}=zhangwei; {PHONE}sessionid=phones; django_language=en".encode()
    for path, cookies in [("/ws/desk/", cookie), ("/ws/agent/", cookie), ("/ws/desk/", b"sessionid=alone")]:
        scope = {"type": "websocket", "path": path, "headers": [(b"cookie", cookies)]}
        asyncio.run(sockets(socket)(scope, None, None))
    assert b"sessionid=phones" in seen[0]
    assert b"agents" not in seen[0]
    assert seen[1:] == [cookie, b"sessionid=alone"]


def test_nothing_of_it_is_there_without_the_simulator():
    import os
    import subprocess
    import sys

    surroundings = {**os.environ, "WECOM_SIMULATOR": "false", "DJANGO_SETTINGS_MODULE": "itdesk.settings"}
    asked = "from django.conf import settings as s; print([m for m in s.MIDDLEWARE if 'simulator' in m], s.WECOM_CALLBACK_TOKEN)"
    said = subprocess.run([sys.executable, "-c", asked], env=surroundings, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
    assert Fault.now().rules == {}
