"""Which agents look at a conversation now, and which of them write in it: leases of this moment, never rows.

A page's `watch` is a lease that the page itself renews: the line of a dead phone stays open for most of a minute, so
nobody renews it in the page's place. Each process tells the others its whole table, so that a frame lost by the layer
is made good by the next one and the table of a killed process runs out. Times travel as seconds left, because only
differences of one monotonic clock mean anything.
"""

import json
import logging
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from . import broadcast

log = logging.getLogger(__name__)

TOPIC = "agent.presence"
LEASE = float(settings.PRESENCE_LEASE)  # seconds after the page's last word
REFRESH = LEASE / 3  # seconds between two tables of a process in which nothing changed
WRITING = 5.0  # seconds after the last key that was told
GATHER = 0.1  # seconds in which changes come together: stepping through a list is not news for everybody
TICK = min(1.0, LEASE / 4)  # seconds between two looks at what has run out
NOBODY = ()


class Person(NamedTuple):
    """As pages read it; `state` is `viewing` or `writing`."""

    user_id: int
    name: str
    state: str


class Scene(NamedTuple):
    """Who is at one conversation; its employee is never told."""

    employee_id: int
    people: tuple


@dataclass
class Lease:
    """One page at one conversation; the times are those of the loop's clock."""

    conversation_id: str
    employee_id: int
    user_id: int
    name: str
    until: float
    writing_until: float = 0.0


class Presence:
    """The table of one process. `pages()`: the sockets of the agents who are connected here."""

    def __init__(self, loop, pages):
        self._loop, self._pages = loop, pages
        self._process = uuid.uuid4().hex
        self._here = {}  # socket → {conversation id: Lease}
        self._elsewhere = {}  # process → its leases, numbered
        self._told = {}  # conversation id → Scene, as the pages here know it
        self._published, self._published_at = {}, float("-inf")
        self._timer = None

    # From the pages of this process ----------------------------------------------------------------------------------

    def look(self, socket, conversation_id, employee_id):
        """This page shows the conversation, or still does."""
        mine, key = self._here.setdefault(socket, {}), str(conversation_id)
        until = self._loop.time() + LEASE
        if key in mine:
            mine[key].until = until
        else:
            mine[key] = Lease(key, employee_id, socket.user_id, socket.name, until)
            self._look_again(GATHER)
        return mine[key]

    def write(self, socket, conversation_id, employee_id):
        """Somebody writes on this page."""
        lease, now = self.look(socket, conversation_id, employee_id), self._loop.time()
        if lease.writing_until <= now:
            self._look_again(GATHER)
        lease.writing_until = now + WRITING

    def rest(self, socket, conversation_id):
        """What was written there is sent: nobody writes any more."""
        if lease := self._here.get(socket, {}).get(str(conversation_id)):
            lease.writing_until = 0.0
            self._look_again(GATHER)

    def leave(self, socket, conversation_id=None):
        """This page shows the conversation no longer; without one, the page is gone."""
        mine = self._here.get(socket)
        if mine is None:
            return
        if conversation_id is not None:
            mine.pop(str(conversation_id), None)
        if conversation_id is None or not mine:
            del self._here[socket]
        self._look_again(GATHER)

    def greet(self, socket):
        """Tell a page that has just come who is where. With `hello` it has forgotten what it believed before."""
        if present := _changes({}, self._told, socket.user_id):
            socket.offer(frame_text(present))

    # From and to other processes -------------------------------------------------------------------------------------

    def subscribed(self):
        """Frames of others arrive from now on: ask for what they said before."""
        self._publish({"process": self._process, "asks": True})

    def heard(self, told):
        """A table of another process, or its question. What an older or newer build says in another way is skipped."""
        try:
            if told["process"] == self._process:
                return
            if told.get("asks"):
                self._published_at = float("-inf")
            else:
                now = self._loop.time()
                self._elsewhere[told["process"]] = dict(enumerate(_lease(row, now) for row in told["leases"]))
        except (AttributeError, KeyError, TypeError, ValueError):
            log.warning("another process says who is where in words that this build does not know")
        else:
            self._look_again(GATHER)

    def _publish(self, told):
        broadcast.outbound.put([{"topic": TOPIC, "presence": told}])

    # What follows ----------------------------------------------------------------------------------------------------

    def _look_again(self, seconds):
        due = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() <= due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._turn)

    def _turn(self):
        self._timer = None
        try:
            now = self._loop.time()
            self._forget(now)
            self._tell_pages(now)
            self._tell_processes(now)
        finally:
            if self._here or self._elsewhere:
                self._look_again(TICK)

    def _forget(self, now):
        for table in (self._here, self._elsewhere):
            for holder, leases in list(table.items()):
                table[holder] = {key: lease for key, lease in leases.items() if lease.until > now}
                if not table[holder]:
                    del table[holder]

    def _tell_pages(self, now):
        before, self._told = self._told, scenes(_leases(self._here, self._elsewhere), now)
        involved = {each for scene in [*before.values(), *self._told.values()] for each in _involved(scene)}
        texts = {}
        for socket in list(self._pages()):
            reader = socket.user_id if socket.user_id in involved else None
            if reader not in texts:
                changes = _changes(before, self._told, reader)
                texts[reader] = frame_text(changes) if changes else None
            if texts[reader] is not None:
                socket.offer(texts[reader])

    def _tell_processes(self, now):
        leases = _leases(self._here)
        mine = scenes(leases, now)
        due = bool(mine) and now >= self._published_at + REFRESH
        if mine != self._published or due:
            self._published, self._published_at = mine, now
            self._publish({"process": self._process, "leases": [_row(each, now) for each in leases]})


def scenes(leases, now):
    """`{conversation id: Scene}`: each person once, however many pages they have, and writing if one of them does."""
    found = {}
    for lease in leases:
        employee_id, people = found.setdefault(lease.conversation_id, (lease.employee_id, {}))
        writing = lease.writing_until > now or people.get(lease.user_id, ("", ""))[1] == "writing"
        people[lease.user_id] = (lease.name, "writing" if writing else "viewing")
    return {
        conversation_id: Scene(employee_id, tuple(Person(user_id, *people[user_id]) for user_id in sorted(people)))
        for conversation_id, (employee_id, people) in found.items()
    }


def frame_text(changes):
    """The `presence` frame: who is now at each conversation where that changed."""
    conversations = [
        {"conversation_id": each, "people": [person._asdict() for person in people]} for each, people in changes.items()
    ]
    return json.dumps({"type": "presence", "conversations": conversations}, ensure_ascii=False)


def _changes(before, after, reader):
    """`{conversation id: people}` where this reader sees something else than before."""
    return {
        each: _seen_by(reader, after.get(each))
        for each in sorted(before.keys() | after.keys())
        if _seen_by(reader, before.get(each)) != _seen_by(reader, after.get(each))
    }


def _seen_by(reader, scene):
    # Nobody is told of themselves, and an employee never of who looks at their request, though they be an agent too.
    if scene is None or scene.employee_id == reader:
        return NOBODY
    return tuple(person for person in scene.people if person.user_id != reader)


def _involved(scene):
    return {scene.employee_id, *(person.user_id for person in scene.people)}


def _leases(*tables):
    return [lease for table in tables for leases in table.values() for lease in leases.values()]


def _row(lease, now):
    left = [round(lease.until - now, 3), round(max(0.0, lease.writing_until - now), 3)]
    return [lease.conversation_id, lease.employee_id, lease.user_id, lease.name, *left]


def _lease(row, now):
    conversation_id, employee_id, user_id, name, left, writing_left = row
    # Whatever another process says, nothing is believed for longer than a lease.
    until, writing_until = now + min(left, LEASE), now + min(writing_left, WRITING)
    return Lease(conversation_id, employee_id, user_id, name, until, writing_until if writing_left > 0 else 0.0)
