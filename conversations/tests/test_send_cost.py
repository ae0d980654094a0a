"""What a send asks the database stays the same, however long the thread and however many the requests."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.commands import messages
from conversations.hearing import hearing

pytestmark = pytest.mark.django_db(transaction=True)
# One more is a decision, not an accident: each costs as much as a bubble (docs/performance.md).
EMPLOYEE_SENDS, AGENT_NOTES = 7, 7


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch):
    monkeypatch.setattr(hearing, "languages", lambda audience: [])


def signed_in(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def asked(client, path, **fields):
    """Number of questions to the database that one post costs; the frame of the transaction is not one."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, {"client_id": str(uuid.uuid4()), "content": "还是不行", **fields})
    assert answer.status_code == 201, answer.content
    return len([each for each in queries if not each["sql"].startswith(("BEGIN", "COMMIT"))])


def test_a_send_costs_the_same_in_a_long_thread_and_a_full_queue(zhangwei, lina, wangqiang):
    first = messages.post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0]
    employee, agent = signed_in(zhangwei), signed_in(wangqiang)
    talk = first.conversation_id

    def measured():
        by_employee = asked(employee, "/itdesk/messages", conversation_id=talk)
        return by_employee, asked(agent, f"/agent/conversations/{talk}/messages", internal="true")

    short = measured()
    for number in range(30):
        messages.post_message(author=zhangwei, content=f"{number}", client_id=uuid.uuid4(), conversation_id=talk)
        messages.post_message(author=lina, content="另一件事", client_id=uuid.uuid4(), new_topic=True)
    assert measured() == short
    assert short[0] <= EMPLOYEE_SENDS
    assert short[1] <= AGENT_NOTES
