"""An outage of thirty minutes loses nothing, and drains in five, in order (issue 5.2).

The time is virtual, the requests are not. `OUTAGE_PUSHES=1000` says how many; `-s` prints the figures.
"""

import os
import time
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import roles
from accounts.models import User
from conversations.commands.messages import post_message, post_reply
from jobs import lease, queue
from jobs.worker import perform
from wecom import jobs as wecom_jobs
from wecom.models import DeliveryTry, Pause, SimulatedMessage
from wecom.simulator.members import MEMBERS

pytestmark = pytest.mark.django_db

PUSHES = int(os.environ.get("OUTAGE_PUSHES", "30"))
EACH = 5  # answers for one person during the outage
OUTAGE, DRAIN = 30 * 60, 5 * 60  # seconds
STEP = 20


@pytest.fixture
def people(wecom, monkeypatch):
    """Employees enough for so many answers, each a member whom WeCom knows; their conversations."""
    monkeypatch.setattr(wecom_jobs.sending, "DRAIN_SECONDS", 10_000)  # the machine's speed is not what is measured
    roles.init_roles()
    known = len(MEMBERS)
    names = [f"outage{number}" for number in range(PUSHES // EACH)]
    MEMBERS.extend({**MEMBERS[0], "userid": name, "name": name} for name in names)
    yield [_request_of(name) for name in names]
    del MEMBERS[known:]


def _request_of(name):
    user = User.objects.create(corp_id="ww-demo", userid=name, name=name)
    roles.grant(user, "user", channel="command")
    return post_message(author=user, content="连不上", client_id=uuid.uuid4())[0].conversation


def work():
    """One worker at this virtual moment: everything that is due, and the periodic jobs of this slot."""
    queue.enqueue_periodic(timezone.now(), {})
    while job := lease.claim(timezone.now()):
        if job.name in {"notify_employee", "drain_deliveries"}:
            perform(job)
        else:
            lease.finish(job, timezone.now())


def test_an_outage_of_half_an_hour_drains_in_order_within_five_minutes(people, wangqiang, faults):
    said = {}
    start = timezone.now()
    began = time.monotonic()
    with time_machine.travel(start, tick=False) as clock:
        faults(down=True)
        posts = [(index * OUTAGE / PUSHES, people[index % len(people)]) for index in range(PUSHES)]
        for moment in range(0, OUTAGE, STEP):
            clock.move_to(start + timedelta(seconds=moment))
            while posts and posts[0][0] < moment + STEP:
                _due, talk = posts.pop(0)
                words = f"{talk.employee.userid} {len(said.setdefault(talk.employee.userid, []))}"
                said[talk.employee.userid].append(words)
                post_reply(author=wangqiang, conversation_id=talk.pk, content=words, client_id=uuid.uuid4())
            work()
        assert not SimulatedMessage.objects.exists()
        tries = DeliveryTry.objects.count()
        faults(down=False)
        Pause.objects.all().delete()
        for second in range(OUTAGE, OUTAGE + DRAIN + STEP, STEP):
            clock.move_to(start + timedelta(seconds=second))
            work()
            if SimulatedMessage.objects.count() == PUSHES:
                break
        drained = second - OUTAGE
    _expect(said)
    print(
        f"\n{PUSHES} answers to {len(people)} people in an outage of {OUTAGE} s: {tries} tries during it, drained "
        f"{drained} s (virtual) after it; {time.monotonic() - began:.0f} s of this machine"
    )
    assert drained <= DRAIN
    assert tries < OUTAGE / STEP


def _expect(said):
    arrived = {}
    for card in SimulatedMessage.objects.order_by("id"):
        assert card.fate == SimulatedMessage.Fate.ARRIVED
        arrived.setdefault(card.userid, []).append(card.body["textcard"]["description"])
    assert arrived == said
