"""People with their own browsers, who know the product by its addresses, and by what its pages hear."""

import uuid

import pytest
from django.test import Client

from conversations.tests.pages import opened  # noqa: F401

JSON = {"Accept": "application/json"}
FRAGMENT = {"Accept": "text/html", "HX-Request": "true"}
PAGE = {"Accept": "text/html"}


class Person:
    """Signed in; `say`, `answer` and `act` are the requests of CONTRACT 3."""

    def __init__(self, user=None, language="zh-hans"):
        self.user, self.client = user, Client(headers={"Accept-Language": language})
        if user is not None:
            self.client.force_login(user, backend="accounts.backends.WecomBackend")

    def get(self, path, query=None, headers=JSON):
        return self.client.get(path, query or {}, headers=headers)

    def post(self, path, fields=None, headers=JSON):
        return self.client.post(path, fields or {}, headers=headers)

    def say(self, content="打印机连不上了", headers=JSON, **fields):
        fields.setdefault("client_id", uuid.uuid4())
        return self.post("/itdesk/messages", {"content": content, **fields}, headers)

    def ask(self, content="打印机连不上了"):
        """A new request. → the conversation's id"""
        return self.say(content, new_topic="true").json()["conversation_id"]

    def answer(self, conversation, content="我看一下", headers=JSON, **fields):
        fields.setdefault("client_id", uuid.uuid4())
        return self.post(f"/agent/conversations/{conversation}/messages", {"content": content, **fields}, headers)

    def act(self, conversation, action, headers=JSON, **fields):
        return self.post(f"/agent/conversations/{conversation}/{action}", fields, headers)

    def at_desk(self, conversation, headers=JSON, **query):
        """What the employee's page is given."""
        return self.get("/itdesk/messages", {"conversation_id": conversation, **query}, headers)

    def at_console(self, conversation, headers=JSON, **query):
        """What the agent's page is given."""
        return self.get(f"/agent/conversations/{conversation}/messages", query, headers)


@pytest.fixture
def zhang(zhangwei):
    return Person(zhangwei)


@pytest.fixture
def li(lina):
    return Person(lina)


@pytest.fixture
def wang(wangqiang):
    return Person(wangqiang)


@pytest.fixture
def liyang_at_work(liyang):
    return Person(liyang)


@pytest.fixture
def nobody(db):
    return Person()
