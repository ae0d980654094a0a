"""What a page costs does not grow with the desk: as many queries for twenty times the data, each read off an index."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conversations.models import Conversation
from conversations.queries import inbox
from itdesk.demo.crowd import Crowd

GROWING = re.compile(r'FROM "(conversations_(?:conversation|message|readmark|event|draft))"')
FRAGMENT = {"Accept": "text/html", "HX-Request": "true"}
PLAIN = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


@pytest.fixture
def desk(settings):
    """A small desk, and `grow()` makes it twenty times as large; the agent, and an employee with a long request."""
    settings.WECOM_CORP_ID = "ww-demo"
    Crowd(conversations=15, messages=400, seed=1).move_in()

    # Views that are empty at first would ask less.
    resolved = Conversation.objects.filter(status="resolved").order_by("last_seq")
    for number, each in enumerate(resolved[: min(8, resolved.count() - 2)]):
        status = "queued" if number % 2 else "assigned"
        agent = None if number % 2 else User.objects.get(userid="s1-agent-0")
        each.waits(each.last_message_at)
        Conversation.objects.filter(pk=each.pk).update(
            status=status, assigned_agent=agent, order_at=each.order_at, resolved_at=None
        )

    class Desk:
        agent, longest = User.objects.get(userid="s1-agent-0"), Conversation.objects.order_by("-last_seq").first()
        console, phone = signed_in(agent), signed_in(longest.employee)

        @staticmethod
        def grow():
            Crowd(conversations=285, messages=7_600, seed=2).move_in()

    return Desk


def pages(desk):
    """Every page that opens often: `{name: a request}`."""
    long, middle = desk.longest, desk.longest.last_seq // 2
    asked = {
        "console": lambda: desk.console.get("/agent/", headers=PLAIN),
        "counts": lambda: desk.console.get("/agent/counts", headers=FRAGMENT),
        "thread": lambda: desk.console.get(f"/agent/conversations/{long.pk}/", headers=FRAGMENT),
        "thread after": lambda: desk.console.get(
            f"/agent/conversations/{long.pk}/messages?after={middle}&since={long.version - 1}", headers=FRAGMENT
        ),
        "thread before": lambda: desk.console.get(
            f"/agent/conversations/{long.pk}/messages?before={middle}", headers=JSON
        ),
        "desk": lambda: desk.phone.get(f"/itdesk/c/{long.pk}/", headers=PLAIN),
        "desk after": lambda: desk.phone.get(
            f"/itdesk/messages?conversation_id={long.pk}&after={middle}", headers=FRAGMENT
        ),
    }
    for view in inbox.VIEWS:
        asked[view] = lambda view=view: desk.console.get(f"/agent/conversations?view={view}", headers=FRAGMENT)
        page = inbox.inbox_page(desk.agent, view, limit=1)
        if page.next_cursor:
            further = f"/agent/conversations?view={view}&cursor={page.next_cursor}"
            asked[f"{view} further"] = lambda further=further: desk.console.get(further, headers=FRAGMENT)
    return asked


def queries_of(request):
    with CaptureQueriesContext(connection) as captured:
        answer = request()
    assert answer.status_code == 200, answer.content
    return [each["sql"] for each in captured]


def test_twenty_times_the_data_costs_no_more_queries(desk):
    before = {name: len(queries_of(request)) for name, request in pages(desk).items()}
    desk.grow()
    after = {name: len(queries_of(request)) for name, request in pages(desk).items() if name in before}
    assert after == before
    assert max(after.values()) <= 20, after


def plan_of(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return "\n".join(row[-1] for row in cursor.fetchall())
        # A small table is read whole whatever indexes it has; this asks what the planner could do.
        for way in ("seqscan", "bitmapscan", "sort", "mergejoin", "hashjoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


# A few rows, of one request or one person, may be sorted.
OF_ONE = re.compile(r'FROM "conversations_(?:event|draft)"|"conversations_conversation"."id" = ')
WHOLE = re.compile(
    # "SCAN x USING INDEX" walks an index from its end, which a LIMIT stops; without one the whole table is read.
    r"(?m)^SCAN (?!CONSTANT|\(?subquery|.* USING (?:COVERING )?INDEX)|Seq Scan on conversations_"
)


def test_no_page_reads_a_growing_table_whole_or_sorts_it(desk):
    desk.grow()
    for name, request in pages(desk).items():
        for sql in queries_of(request):
            if not GROWING.search(sql):
                continue
            plan = plan_of(sql)
            assert not WHOLE.search(plan), f"{name}: {sql}\n{plan}"
            if " LIMIT " in sql and "ORDER BY" in sql and not OF_ONE.search(sql):
                assert "USE TEMP B-TREE FOR ORDER BY" not in plan, f"{name}: {sql}\n{plan}"
                assert not re.search(r"(?m)^\s*(?:->  )?Sort  \(", plan), f"{name}: {sql}\n{plan}"


def test_a_count_stops_where_the_page_stops_to_say_it(desk, monkeypatch):
    desk.grow()
    monkeypatch.setattr(inbox, "COUNT_CAP", 5)
    numbers = inbox.counts(desk.agent)
    assert numbers["resolved"] == numbers["all"] == 6
    assert all(number <= 6 for number in numbers.values())
