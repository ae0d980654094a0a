"""One alert for one answer (PRODUCT B3, U3): 5 states of the page × 4 of the network × 3 races, by real jobs and HTTP.

An alert is the page that shows it, or the card on the phone that was not taken back. There is exactly one when all is
settled, and never more than one card. Where the page had shown it and its confirmation came too late, the card is gone.
"""

import contextlib
import itertools
import uuid
from datetime import timedelta

import pytest
from django.test import Client as DjangoClient
from django.utils import timezone

from conversations.commands.messages import post_message, post_reply
from conversations.models import Message
from jobs import faults as moments
from jobs.worker import run_due
from wecom import exchange, pace, push, sending
from wecom.client import Client
from wecom.models import Delivery, Pause, SendingLine, SimulatedMessage

from .conftest import at_once

PAGES = ("closed", "hidden", "visible", "reads back", "frozen")
NETWORKS = ("fine", "confirmation lost", "wecom down", "answer lost")
RACES = ("two workers", "seen on the way", "worker dies")
SHOWS = {"visible", "reads back"}

pytestmark = pytest.mark.django_db


class Page:
    """The employee's page. `confirm()` is what its script does when it is visible and holds the message."""

    def __init__(self, user, state):
        self.client, self.state, self.shows = DjangoClient(), state, False
        self.client.force_login(user, backend="accounts.backends.WecomBackend")

    def confirm(self, message):
        self.shows = True
        # Who reads back sees no newer line, but the page tells of it.
        numbers = {"shown": message.seq} if self.state == "reads back" else {"shown": message.seq, "seq": message.seq}
        assert self.client.post(f"/itdesk/c/{message.conversation_id}/read", numbers).status_code == 200


@pytest.fixture
def message(wecom, zhangwei, wangqiang):
    asked = post_message(author=zhangwei, content="打印机连不上了", client_id=uuid.uuid4())[0]
    answer = {"content": "好了", "client_id": uuid.uuid4()}
    posted, _created = post_reply(author=wangqiang, conversation_id=asked.conversation_id, **answer)
    # The workers below run as if six seconds had passed; so must the page.
    Message.objects.filter(pk=posted.pk).update(created_at=timezone.now() - timedelta(seconds=6))
    Client().user("zhangwei")  # a token is there
    return posted


@pytest.fixture
def at(monkeypatch):
    """`at("m6", act)`: `act()` once, when a worker comes to that moment."""
    acts = {}
    monkeypatch.setattr(moments, "at", lambda moment: acts.pop(moment, lambda: None)())
    return acts.__setitem__


class Killed(BaseException):
    """Ends a worker like a kill would: nothing behind it runs."""


def later():
    return timezone.now() + timedelta(minutes=20)


def work():
    """One worker does all that is due. One that is killed leaves its leases behind; their time passes."""
    with contextlib.suppress(Killed):
        run_due(later())
        sending.drain()
    Pause.objects.all().delete()
    SendingLine.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def die(monkeypatch):
    def killed():
        with monkeypatch.context() as dead:
            dead.setattr(pace, "leave_line", lambda *_: None)
        raise Killed

    return killed


@pytest.mark.parametrize(("state", "network", "race"), list(itertools.product(PAGES, NETWORKS, RACES)))
def test_it_alerts_exactly_once(state, network, race, message, zhangwei, faults, at, monkeypatch):
    page = Page(zhangwei, state)
    if state in SHOWS:
        page.shows = True
        if network != "confirmation lost":
            page.confirm(message)
    if race == "seen on the way":
        # Whatever the page was before: its person comes back at the worst moment.
        at("m11", lambda: (page.confirm(message), run_due()))  # and another worker hears of it at once
    elif race == "worker dies":
        at("m6", die(monkeypatch))
    _through(network, race, message, faults, monkeypatch)
    if state in SHOWS:
        page.confirm(message)  # a page repeats it when its line is back
    for _ in range(3):
        work()
    _expect(page, network, race)


def _through(network, race, message, faults, monkeypatch):
    switches = {"wecom down": {"down": True}, "answer lost": {"slow_seconds": 0.5}}.get(network, {})
    faults(**switches)
    with monkeypatch.context() as patient:
        if network == "answer lost":
            patient.setattr(exchange, "TIMEOUTS", (3.05, 0.2))
        if race == "two workers":
            at_once(2, lambda _: push.notify(str(message.pk)))
        work()
    faults(down=False, slow_seconds=0)
    work()


def _expect(page, network, race):
    phone = SimulatedMessage.objects.filter(userid="zhangwei", fate=SimulatedMessage.Fate.ARRIVED)
    [row] = Delivery.objects.all()
    cards, kept = phone.count(), phone.filter(recalled_at=None).count()
    assert cards <= 1
    assert page.shows + kept == 1, (page.shows, cards, kept, row.state, row.reason)
    assert row.state == (Delivery.State.SENT if cards else Delivery.State.SUPPRESSED)
    if page.state in SHOWS and network != "confirmation lost":
        assert cards == 0
    if cards and page.shows:
        assert row.recall == Delivery.Recall.DONE
