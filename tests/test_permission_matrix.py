"""Every address × everybody: what each person gets. An address without a row fails (RELIABILITY A9).

The columns are, in this order: anonymous · zhangwei, the employee whose conversation and file it is · lina, another
employee · wangqiang, an agent · keeper, who is an administrator and nothing else. A row is
what the product promises, written by hand; a failing cell is first a question to the view.
"""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from accounts import roles
from accounts.models import User
from conversations.attachments import stage
from conversations.commands.lifecycle import claim
from conversations.commands.messages import post_message
from conversations.commands.uploads import begin_upload
from knowledge.commands import save_article
from knowledge.models import Article, Topic
from wecom.pictures import begin

PEOPLE = ("anonymous", "zhangwei", "lina", "wangqiang", "keeper")


class Row:
    """Expected codes of one address: `get` and `post` hold one code per column, `body` is a POST that would work."""

    def __init__(self, get, post, body=None, query=""):
        self.get, self.post, self.body, self.query = get.split(), post.split(), body or {}, query
        assert len(self.get) == len(self.post) == len(PEOPLE)


OPEN_PAGE = Row("200 200 200 200 200", "405 405 405 405 405")
SIMULATED_API = Row("200 200 200 200 200", "200 200 200 200 200")  # as the real one: 200, and an errcode inside
EMPLOYEES_PAGE = Row("302 200 200 200 403", "401 405 405 405 405")
OWN_PAGE = Row("302 200 404 404 403", "401 405 405 405 405")
AGENTS_PAGE = Row("302 403 403 200 403", "401 405 405 405 405")


def agents_action(**body):
    return Row("302 405 405 405 405", "401 403 403 200 403", body)


MESSAGE = {"client_id": str(uuid.UUID(int=7)), "content": "还是连不上"}
UPLOAD = {"upload_id": str(uuid.UUID(int=9)), "name": "log.txt", "size": "22"}
PICTURE = {"upload_id": str(uuid.UUID(int=10)), "media_id": "1G6nrLmr5EC3MMb-test"}
DRAFT = {"draft_id": str(uuid.UUID(int=8)), "step": "1", "base": "0", "content": "写到一半"}

ROWS = {
    "": Row("302 302 302 302 302", "302 302 302 302 302"),
    "healthz": OPEN_PAGE,
    "readyz": OPEN_PAGE,
    "language": Row("302 302 302 302 302", "204 204 204 204 204", {"language": "en"}),
    # Portal: everybody who is signed in; a single role goes straight on.
    "itportal/": Row("302 302 302 200 302", "401 405 405 405 405"),
    "itportal/go/<slug:code>": Row("302 302 302 302 302", "401 405 405 405 405"),
    "itportal/logout": Row("405 405 405 405 405", "303 303 303 303 303"),
    "itportal/signed-out": OPEN_PAGE,
    "api/portal/roles": Row("401 200 200 200 200", "405 405 405 405 405"),
    # Desk: the role user; a conversation is its owner's alone, and for everybody else it does not exist.
    "itdesk/": EMPLOYEES_PAGE,
    "itdesk/requests/": EMPLOYEES_PAGE,
    "itdesk/unread": EMPLOYEES_PAGE,
    "itdesk/messages": Row(
        "302 200 404 404 403",
        "401 201 404 404 403",
        {**MESSAGE, "conversation_id": "CONVERSATION"},
        "?conversation_id=CONVERSATION",
    ),
    "itdesk/draft": Row("302 200 200 200 403", "401 200 200 200 403", DRAFT),
    "itdesk/c/<uuid:conversation_id>/": OWN_PAGE,
    "itdesk/c/<uuid:conversation_id>/draft": Row("302 200 404 404 403", "401 200 404 404 403", DRAFT),
    "itdesk/c/<uuid:conversation_id>/header": OWN_PAGE,
    "itdesk/c/<uuid:conversation_id>/handoff": Row("302 405 405 405 405", "401 200 404 404 403"),
    # Not resolved here, so for its employee the first three are over; anybody else learns nothing.
    "itdesk/c/<uuid:conversation_id>/rating": Row(
        "302 405 405 405 405", "401 409 404 404 403", {"epoch": "1", "score": "3"}
    ),
    "itdesk/c/<uuid:conversation_id>/solved": Row("302 405 405 405 405", "401 409 404 404 403", {"epoch": "1"}),
    "itdesk/c/<uuid:conversation_id>/unsolved": Row("302 405 405 405 405", "401 409 404 404 403", {"epoch": "1"}),
    "itdesk/c/<uuid:conversation_id>/urge": Row("302 405 405 405 405", "401 200 404 404 403"),
    "itdesk/c/<uuid:conversation_id>/read": Row("302 405 405 405 405", "401 200 404 404 403", {"seq": "1"}),
    # Console: the role agent.
    "agent/": AGENTS_PAGE,
    "agent/counts": AGENTS_PAGE,
    "agent/alerts": Row("302 403 403 200 403", "401 403 403 302 403", {"kind": "queued"}),
    "agent/here": Row("302 405 405 405 405", "401 403 403 204 403", {"visible": "true"}),
    "agent/canned": AGENTS_PAGE,
    "agent/drafts": AGENTS_PAGE,
    "agent/conversations": AGENTS_PAGE,
    "agent/conversations/<uuid:conversation_id>/": AGENTS_PAGE,
    "agent/conversations/<uuid:conversation_id>/header": AGENTS_PAGE,
    "agent/conversations/<uuid:conversation_id>/draft": Row("302 403 403 200 403", "401 403 403 200 403", DRAFT),
    "agent/conversations/<uuid:conversation_id>/person": Row("302 403 403 303 403", "401 405 405 405 405"),
    "agent/conversations/<uuid:conversation_id>/row": AGENTS_PAGE,
    "agent/conversations/<uuid:conversation_id>/messages": Row("302 403 403 200 403", "401 403 403 201 403", MESSAGE),
    "agent/conversations/<uuid:conversation_id>/claim": agents_action(),
    "agent/conversations/<uuid:conversation_id>/release": Row("302 405 405 405 405", "401 403 403 409 403"),
    "agent/conversations/<uuid:conversation_id>/resolve": agents_action(),
    "agent/conversations/<uuid:conversation_id>/reopen": Row("302 405 405 405 405", "401 403 403 409 403"),
    "agent/conversations/<uuid:conversation_id>/transfer": Row(
        "302 403 403 200 403", "401 403 403 200 403", {"userid": "liyang"}
    ),
    "agent/conversations/<uuid:conversation_id>/read": agents_action(seq="1"),
    # Articles: everybody who is signed in; what is for agents alone is tested in knowledge/tests.
    "knowledge/": Row("302 200 200 200 200", "401 405 405 405 405"),
    "knowledge/suggestions": Row("302 405 405 405 405", "401 200 200 200 200", {"q": "VPN"}),
    "knowledge/<int:article_id>/": Row("302 200 200 200 200", "401 405 405 405 405"),
    "knowledge/<int:article_id>/verdict": Row("302 405 405 405 405", "401 303 303 303 303", {"helped": "yes"}),
    "knowledge/preview": Row("302 405 405 405 405", "401 403 403 403 200", {"content": "# 标题"}),
    # Files: whoever may read their message.
    "attachments/<uuid:attachment_id>/": Row("302 200 404 200 404", "401 405 405 405 405"),
    # And while they are on their way: whoever sends them, for both screens.
    "uploads/": Row("302 405 405 405 405", "401 201 201 201 403", UPLOAD),
    "uploads/<uuid:upload_id>": Row("302 200 404 404 403", "401 405 405 405 405"),
    "attachments/<uuid:attachment_id>/text/": Row("302 302 404 302 404", "401 405 405 405 405"),
    # Of a text there is no small copy.
    "attachments/<uuid:attachment_id>/thumbnail/": Row("302 404 404 404 404", "401 405 405 405 405"),
    # A door without a cookie, for who holds a signed address; the cookie alone opens nothing here.
    "files/<uuid:attachment_id>": Row("403 403 403 403 403", "405 405 405 405 405"),
    # The simulator, which is no door at all: routed only on loopback names (tests of the start), then open to everybody.
    "wecom/simulator/": OPEN_PAGE,
    "wecom/simulator/log": OPEN_PAGE,
    "wecom/simulator/faults": Row("405 405 405 405 405", "303 303 303 303 303"),
    "wecom/simulator/authorize": Row("400 400 400 400 400", "405 405 405 405 405"),
    "wecom/simulator/phone/<str:userid>/": OPEN_PAGE,
    "wecom/simulator/phone/<str:userid>/chat": OPEN_PAGE,
    "wecom/simulator/phone/<str:userid>/open": Row("302 302 302 302 302", "405 405 405 405 405"),
    "wecom/simulator/together": OPEN_PAGE,
    "wecom/simulator/bridge.js": OPEN_PAGE,
    "wecom/simulator/phone/<str:userid>/chats": OPEN_PAGE,
    "wecom/simulator/phone/<str:userid>/profile": Row("200 200 200 200 200", "405 405 405 405 405", query="?of=lina"),
    "wecom/simulator/phone/<str:userid>/say": Row("405 405 405 405 405", "400 400 400 400 400", {"kind": "odd"}),
    "wecom/simulator/phone/<str:userid>/cards/<int:message_id>": Row("404 404 404 404 404", "404 404 404 404 404"),
    "wecom/simulator/media/<str:media_id>": Row("404 404 404 404 404", "405 405 405 405 405"),
    "wecom/simulator/picture/<str:media_id>": Row("404 404 404 404 404", "405 405 405 405 405"),
    "wecom/simulator/controls": OPEN_PAGE,
    "wecom/simulator/controls/rules": Row("405 405 405 405 405", "303 303 303 303 303"),
    "wecom/simulator/controls/errors": Row("405 405 405 405 405", "303 303 303 303 303"),
    "wecom/simulator/controls/revoke": Row("405 405 405 405 405", "303 303 303 303 303"),
    "wecom/simulator/controls/verify": Row("405 405 405 405 405", "400 400 400 400 400", {"twist": "odd"}),
    "wecom/simulator/controls/members/<str:userid>": Row("405 405 405 405 405", "400 400 400 400 400"),
    "wecom/simulator/cgi-bin/js/<str:name>": Row("405 405 405 405 405", "400 400 400 400 400"),
    "wecom/simulator/cgi-bin/gettoken": SIMULATED_API,
    "wecom/simulator/cgi-bin/auth/getuserinfo": SIMULATED_API,
    "wecom/simulator/cgi-bin/user/get": SIMULATED_API,
    "wecom/simulator/cgi-bin/department/get": SIMULATED_API,
    "wecom/simulator/cgi-bin/message/send": SIMULATED_API,
    "wecom/simulator/cgi-bin/get_jsapi_ticket": SIMULATED_API,
    "wecom/simulator/cgi-bin/ticket/get": SIMULATED_API,
    "wecom/simulator/cgi-bin/getcallbackip": SIMULATED_API,
    "wecom/simulator/cgi-bin/get_api_domain_ip": SIMULATED_API,
    "wecom/simulator/cgi-bin/user/simplelist": SIMULATED_API,
    "wecom/simulator/cgi-bin/user/list": SIMULATED_API,
    "wecom/simulator/cgi-bin/department/list": SIMULATED_API,
    "wecom/simulator/cgi-bin/department/simplelist": SIMULATED_API,
    "wecom/simulator/cgi-bin/message/recall": SIMULATED_API,
    "wecom/simulator/cgi-bin/message/update_template_card": SIMULATED_API,
    "wecom/simulator/cgi-bin/media/upload": SIMULATED_API,
    "wecom/simulator/cgi-bin/media/get": SIMULATED_API,
    # WeCom: open to who is not signed in yet.
    "wecom/login": Row("303 303 303 303 303", "405 405 405 405 405"),
    # WeCom's proof that the domain is ours, once an administrator has put one there.
    "<ownership_file:name>": Row("404 404 404 404 404", "405 405 405 405 405"),
    "wecom/oauth/callback": Row("400 400 400 400 400", "405 405 405 405 405"),
    # What pages inside WeCom ask for: signatures for our own addresses alone, the agent behind one's own request,
    # pictures of one's own choosing.
    "wecom/js-sdk/signature": Row("302 405 405 405 405", "401 422 422 422 403", {"url": "https://elsewhere.example/"}),
    "wecom/profile": Row("302 200 404 200 403", "401 405 405 405 405", query="?conversation=TAKEN"),
    "wecom/pictures": Row("302 405 405 405 405", "401 202 202 202 403", PICTURE),
    "wecom/pictures/<uuid:picture_id>": Row("302 200 404 404 403", "401 405 405 405 405"),
    # WeCom's own door: who has not sealed it with our keys is nobody.
    "wecom/callback": Row("400 400 400 400 400", "400 400 400 400 400"),
}


def addresses(resolver=None, prefix=""):
    """The route of every address that the resolver knows."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, route)
        else:
            yield route


EVERY = list(addresses())
ADMIN = [route for route in EVERY if route.startswith("admin/") and route != "admin/login/"]


@pytest.fixture
def people(zhangwei, lina, wangqiang, liyang):
    keeper = User.objects.create(corp_id="ww-demo", userid="keeper", name="何管")
    roles.grant(keeper, "admin", channel="command")
    found = {"zhangwei": zhangwei, "lina": lina, "wangqiang": wangqiang, "keeper": keeper}
    return {"anonymous": Client()} | {name: _browser(user) for name, user in found.items()}


def _browser(user):
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def things(zhangwei, liyang):
    """What the ids in addresses stand for: all of it is zhangwei's."""
    file = stage(zhangwei, SimpleUploadedFile("log.txt", b"10:01 printer offline\n"))
    begin(owner=zhangwei, picture_id=uuid.UUID(int=3), media_id=PICTURE["media_id"])
    begin_upload(owner=zhangwei, upload_id=uuid.UUID(int=2), name="log.txt", size=22)
    message, _ = post_message(
        author=zhangwei,
        content="打印机连不上",
        client_id=str(uuid.UUID(int=1)),
        msg_type="file",
        attachment_ids=[file.id],
    )
    taken, _ = post_message(author=zhangwei, content="换鼠标", client_id=str(uuid.UUID(int=4)), new_topic=True)
    claim(taken.conversation_id, by=liyang)
    topic = Topic.objects.create(name="网络")
    article = save_article(Article(title="VPN", content="先看网络", topic=topic, state=Article.State.PUBLISHED))
    return {
        "TAKEN": str(taken.conversation_id),
        "CONVERSATION": str(message.conversation_id),
        "<uuid:conversation_id>": str(message.conversation_id),
        "<uuid:attachment_id>": str(file.id),
        "<uuid:picture_id>": str(uuid.UUID(int=3)),
        "<uuid:upload_id>": str(uuid.UUID(int=2)),
        "<int:article_id>": str(article.pk),
        "<slug:code>": "agent",
        "<ownership_file:name>": "WW_verify_0.txt",
        "<str:userid>": "zhangwei",
    }


def filled(text, things):
    for name, value in things.items():
        text = text.replace(name, value)
    return text


def asked(browser, method, address, body=None):
    """The code of one request, of which nothing remains: the next cell finds the same world."""
    cookies = browser.cookies.copy()
    headers = {"accept": "text/html"} if method == "get" else {"accept": "application/json"}
    block = transaction.atomic()
    block._from_testcase = True  # commands insist on being the outermost block; this one only takes them back
    with block:
        code = getattr(browser, method)(address, body, headers=headers).status_code
        transaction.set_rollback(True)
    browser.cookies = cookies
    return str(code)


def test_every_address_has_a_row_and_every_row_an_address():
    ruled = [route for route in EVERY if not route.startswith("admin/")]
    assert sorted(ruled) == sorted(ROWS)


@pytest.mark.parametrize("route", ROWS)
def test_it_gives_each_person_what_is_theirs(route, people, things):
    row = ROWS[route]
    address = "/" + filled(route + row.query, things)
    body = {name: filled(value, things) for name, value in row.body.items()}
    found = {name: asked(browser, "get", address) for name, browser in people.items()}
    assert found == dict(zip(PEOPLE, row.get, strict=True)), "GET"
    found = {name: asked(browser, "post", address, body) for name, browser in people.items()}
    assert found == dict(zip(PEOPLE, row.post, strict=True)), "POST"


def in_admin(route, user):
    """An address for an admin route; whatever the id means there, the door stands before it."""
    for name in ("<path:object_id>", "<path:content_type_id>", "<id>"):
        route = route.replace(name, str(user.pk))
    route = route.replace("<slug:slug>", "callback")
    route = re.sub(r"\^?\(\?P<app_label>([a-z_]+)[^)]*\)", r"\1", route)
    return "/" + re.sub(r"\(\?P<url>[^)]*\)", "nothing", route).rstrip("$")


@pytest.mark.parametrize("route", ADMIN)
def test_the_admin_opens_for_administrators_alone(route, people, zhangwei):
    address = in_admin(route, zhangwei)
    assert "<" not in address, address
    administrator = people.pop("keeper")
    found = {name: asked(browser, "get", address) for name, browser in people.items()}
    assert found == dict(zip(people, ["302", "403", "403", "403"], strict=True)), address
    found = {name: asked(browser, "post", address, {}) for name, browser in people.items()}
    assert found == dict(zip(people, ["401", "403", "403", "403"], strict=True)), address
    # Inside, a page may be read-only or absent; it never fails and never asks an administrator to sign in.
    for method in ("get", "post"):
        code = int(asked(administrator, method, address, {}))
        assert code < 500, address
        assert code != 401, address


def test_the_admins_own_login_is_for_who_is_not_signed_in(people):
    found = {name: asked(browser, "get", "/admin/login/") for name, browser in people.items()}
    assert found == dict(zip(PEOPLE, ["200", "403", "403", "403", "302"], strict=True))
