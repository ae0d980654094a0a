"""The agents' lists: which conversations stand in a view, in which order, and how many."""

import base64
import binascii
import heapq
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from .. import access
from ..errors import Refused
from ..models import ReadMark
from ..states import OPEN, Status
from ..wording import searched

WAITING, MINE, ALL, RESOLVED = VIEWS = ("waiting", "mine", "all", "resolved")
PAGE = 40
COUNT_CAP = 999


@dataclass(frozen=True)
class InboxPage:
    """One page of a view; `next_cursor` is empty on the last. `unread` holds the ids this agent has not read."""

    conversations: list
    next_cursor: str
    unread: frozenset


def condition(agent, view):
    """What stands in a view, as one filter: rows, counts and the page's own sorting all follow it."""
    return {
        WAITING: Q(status=Status.QUEUED),
        MINE: Q(status=Status.ASSIGNED, assigned_agent=agent),
        ALL: Q(status__in=OPEN),
        RESOLVED: Q(status=Status.RESOLVED),
    }[view]


def inbox_page(agent, view, q="", cursor="", limit=PAGE):
    """Whoever waits longest first; the resolved by their end, newest first. Raises Refused for a bad view or cursor."""
    if view not in VIEWS:
        raise Refused(_("没有这个列表"), status=404, code="no_such_view")
    rows = access.visible_to(agent, access.AGENTS).filter(condition(agent, view))
    rows = rows.select_related("employee", "assigned_agent", "group", "category")
    if view == RESOLVED:
        rows = rows.prefetch_related("feedbacks")  # a row shows how its end was rated
    if words := searched(q):
        rows = rows.filter(_matches(words))
    key, newest_first = ("resolved_at", True) if view == RESOLVED else ("order_at", False)
    if cursor:
        rows = rows.filter(_beyond(cursor, key, newest_first))
    rows = rows.order_by(f"-{key}" if newest_first else key, "id")
    found = _first_open(rows, limit + 1) if view == ALL else list(rows[: limit + 1])
    shown = found[:limit]
    following = _cursor(shown[-1], key) if len(found) > limit else ""
    return InboxPage(shown, following, unread(agent, shown))


def counts(agent):
    """How many rows each view has: `{"waiting": n, "mine": n, "all": n, "resolved": n}`.

    Each is counted to `COUNT_CAP` + 1 only: however many there are, a page that shows "999+" costs the same.
    """
    visible = access.visible_to(agent, access.AGENTS).order_by().values("id")
    return {view: visible.filter(condition(agent, view))[: COUNT_CAP + 1].count() for view in VIEWS}


def unread(agent, conversations):
    """The ids among these whose last message this agent has not read; one query."""
    marks = ReadMark.objects.filter(user=agent, conversation__in=conversations)
    read = dict(marks.values_list("conversation_id", "read_seq"))
    return frozenset(each.id for each in conversations if each.last_seq > read.get(each.id, 0))


def _first_open(rows, count):
    """The first of the open ones. Each status is read off its index and the lists are merged here: in one query the
    database would sort all that is open anew for each page."""
    lists = [rows.filter(status=status)[:count] for status in OPEN]
    return list(heapq.merge(*lists, key=lambda each: (each.order_at, each.id)))[:count]


def _matches(words):
    return (
        Q(subject__icontains=words)
        | Q(last_line__icontains=words)
        | Q(employee__name__icontains=words)
        | Q(employee__userid_key__contains=words.lower())
    )


def _cursor(conversation, key):
    place = [getattr(conversation, key).isoformat(), str(conversation.id)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _beyond(cursor, key, newest_first):
    try:
        at, last_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        at, last_id = datetime.fromisoformat(at), UUID(last_id)
        if at.tzinfo is None:
            raise ValueError("a cursor of ours carries its zone")
        at = at.astimezone(UTC)  # what lies before the first or after the last day overflows here, not in the database
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error, UnicodeError):
        raise Refused(_("列表位置无效，请刷新"), status=422, code="bad_cursor") from None
    beyond = "lt" if newest_first else "gt"
    # The first term says nothing new, but it is the one from which a database begins in the middle of its index.
    return Q(**{f"{key}__{beyond}e": at}) & (Q(**{f"{key}__{beyond}": at}) | Q(**{key: at}, id__gt=last_id))
