"""An agent who asks for help is that request's employee: no note about it reaches them, not even as an agent."""

import uuid

import pytest
from django.test import Client

from conversations.commands import lifecycle, messages
from conversations.errors import NotFound, Refused
from conversations.queries import inbox
from conversations.queries.people import colleagues

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def door(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


@pytest.fixture
def own(wangqiang, liyang):
    """wangqiang's own request, in which liyang has left a note."""
    asked = messages.post_message(author=wangqiang, content="我自己的电脑蓝屏", client_id=uuid.uuid4())[0]
    messages.post_reply(
        author=liyang,
        conversation_id=asked.conversation_id,
        content="又是他",
        client_id=uuid.uuid4(),
        internal=True,
    )
    return asked.conversation


def test_it_is_not_among_the_agents_conversations(own, wangqiang, liyang):
    assert inbox.counts(wangqiang)["waiting"] == 0
    assert inbox.inbox_page(wangqiang, "all").conversations == []
    assert inbox.counts(liyang)["waiting"] == 1


@pytest.mark.parametrize("path", ["", "messages", "header", "person", "row"])
def test_no_address_of_the_console_shows_it(own, wangqiang, liyang, path):
    address = f"/agent/conversations/{own.pk}/{path}"
    assert door(wangqiang).get(address, **JSON).status_code == 404
    assert door(liyang).get(address, **JSON).status_code in {200, 302, 303}


def test_the_desk_shows_it_without_the_note(own, wangqiang):
    answer = door(wangqiang).get(f"/itdesk/messages?conversation_id={own.pk}", **JSON)
    assert [each["content"] for each in answer.json()["messages"]] == ["我自己的电脑蓝屏"]


def test_nobody_serves_themselves(own, wangqiang, liyang):
    with pytest.raises(NotFound):
        lifecycle.claim(own.pk, by=wangqiang)
    with pytest.raises(Refused):
        lifecycle.transfer(own.pk, by=liyang, to=wangqiang)
    assert wangqiang not in colleagues(own)
