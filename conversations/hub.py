"""One hub per process: one layer channel, one reader, and every socket of this process (PERFORMANCE 5.1).

Sockets are not members of layer groups: the manual's shape costs a thread hop per frame and socket. The hub reads one
event and writes one finished text to the sockets of its topic.
"""

import asyncio
import json
import logging
import random
from collections import defaultdict

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from accounts import signals

from . import broadcast
from .backlog import bundles
from .door import Door, asked
from .hearing import hearing, text_for
from .presence import Presence
from .queries.watching import NOT_SIGNED_IN, numbers_of, rights_of

log = logging.getLogger(__name__)

BEAT_SECONDS = 25
BEATS_AT_ONCE = 50  # two thousand pages are a tenth of a second of writing, and no send may wait for that
# The event closes a socket at once; this is the net under it. Without Redis a command in another process cannot send
# the event at all, so the one serving process looks often: one indexed query (CONTRACT 5.7 asks for 5 s).
RECHECK_SECONDS = 60 if settings.REDIS_URL else 3
READER_PAUSE = 1.0
RIGHTS_TRIES, RIGHTS_PAUSE = 4, 1.0
RESTARTING = 4012  # the page comes back; Daphne refuses to send the protocol's own 1012
RETURN_SECONDS = 9.0  # within which the pages of a process that stops come back, one after the other
# A reader that hears nothing for this long subscribes anew: after a Redis restart `pubsub` waits for ever (M21).
READER_SILENCE = BEAT_SECONDS + 10


class Hub:
    """Lives on the server's loop; sockets call `join` and `leave`."""

    def __init__(self, loop):
        self.loop = loop
        self._topics = defaultdict(set)
        self._sockets = {}  # socket → its topics
        self._of_user = defaultdict(set)
        self._tasks = set()
        self._subscribed = asyncio.Event()
        self._away = False
        self.door = Door()
        self.presence = Presence(loop, lambda: self._topics.get(broadcast.INBOX_TOPIC, ()))

    def start(self):
        hearing.begin()
        self._tasks = {asyncio.ensure_future(work()) for work in (self._read, self._beat, self._recheck)}

    async def ready(self):
        """Wait until frames reach this process, or a second: then the beat heals what was missed."""
        try:
            async with asyncio.timeout(1.0):
                await self._subscribed.wait()
        except TimeoutError:
            log.warning("the channel layer is not there yet; pages start without live frames")

    # Membership ------------------------------------------------------------------------------------------------------

    def join(self, socket, *topics):
        if socket not in self._sockets and hearing.arrive(socket):
            broadcast.outbound.put([self._echo()])
        self._sockets.setdefault(socket, set()).update(topics)
        self._of_user[socket.user_id].add(socket)
        for topic in topics:
            self._topics[topic].add(socket)

    def part(self, socket, topic):
        self._sockets.get(socket, set()).discard(topic)
        members = self._topics.get(topic)
        if members is not None:
            members.discard(socket)
            if not members:
                del self._topics[topic]

    def leave(self, socket):
        self.presence.leave(socket)
        if socket in self._sockets:
            hearing.leave(socket)
        for topic in self._sockets.pop(socket, ()):
            self.part(socket, topic)
        mine = self._of_user.get(socket.user_id, set())
        mine.discard(socket)
        if not mine:
            self._of_user.pop(socket.user_id, None)

    def sockets_of(self, user_id):
        return list(self._of_user.get(user_id, ()))

    # The reader ------------------------------------------------------------------------------------------------------

    async def _read(self):
        while True:
            try:
                await self._read_until_silence()
            except Exception as error:
                if not self._away:  # one line for an outage, not one a second
                    log.warning("the channel layer went away (%s); subscribing anew", type(error).__name__)
                self._away = True
                await asyncio.sleep(READER_PAUSE)

    async def _read_until_silence(self):
        layer = get_channel_layer()
        channel = await layer.new_channel("itdesk")
        await layer.group_add(broadcast.GROUP, channel)
        self._subscribed.set()
        self._away = False
        # What was sent while nobody listened is lost: the pages compare at once instead of at the next beat.
        self._begin(self.beat_once())
        self.presence.subscribed()
        try:
            while True:
                # Not `wait_for`: in Python 3.11 it loses a cancellation that meets a frame, and it costs a task each.
                async with asyncio.timeout(READER_SILENCE):
                    event = await layer.receive(channel)
                self._deliver_all(event.get("frames", ()))
        except TimeoutError:
            log.info("nothing heard for %s s; subscribing anew", READER_SILENCE)
        finally:
            self._subscribed.clear()
            await _quietly(layer.group_discard(broadcast.GROUP, channel))

    def _deliver_all(self, frames):
        """The frames of one event. What one topic hears goes to each of its sockets together: half of what a frame
        costs is its own write."""
        together = defaultdict(list)
        for frame in frames:
            if "presence" in frame:
                self.presence.heard(frame["presence"])
            elif frame.get("recheck"):
                members = list(self._topics.get(frame.get("topic"), ()))
                self._begin(self._look_again(members, frame.get("session_key")))
            elif "hearing" in frame:
                hearing.heard(frame["hearing"])
            elif frame.get("texts"):
                together[frame.get("topic"), frame.get("not_for")].append(frame["texts"])
        for (topic, not_for), texts in together.items():
            self._deliver(topic, not_for, texts)

    def _deliver(self, topic, not_for, texts):
        members = self._topics.get(topic)
        if not members:
            return
        listening = [socket for socket in members if socket.user_id != not_for]
        heard_in = {socket.language for socket in listening}
        found = {each: bundles([text_for(each, frame) for frame in texts]) for each in heard_in}
        for socket in listening:
            for bundle in found[socket.language]:
                socket.take(bundle)

    def _begin(self, work):
        """Run it beside the reader, so that a page which takes nothing more holds up no other; kept among the tasks, or
        the loop could drop it half done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("beside the reader failed %s; the next look is the net", type(task.exception()).__name__)

    # The beat --------------------------------------------------------------------------------------------------------

    async def _beat(self):
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                # Our own echo keeps the reader's silence short while the layer lives, and joins the group again
                # before its membership expires (RELIABILITY R4).
                broadcast.outbound.put([self._echo()])
                await self.beat_once()
            except Exception:
                log.exception("the beat failed; the next one comes in %s s", BEAT_SECONDS)

    @staticmethod
    def _echo():
        return {"topic": "hub.echo", "hearing": hearing.frame()}

    async def beat_once(self):
        """Send every socket the numbers of what it watches; one query for the whole process (RELIABILITY R15)."""
        sockets = list(self._sockets)
        numbers = await _numbers_for(sockets)
        for number, socket in enumerate(sockets, 1):
            socket.offer(beat_text(socket, numbers))
            if number % BEATS_AT_ONCE == 0:
                await asyncio.sleep(0)

    # Rights ----------------------------------------------------------------------------------------------------------

    async def _recheck(self):
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self._look_again(list(self._sockets))
            except Exception:
                log.exception("rights were not looked at; again in %s s", RECHECK_SECONDS)

    async def _look_again(self, sockets, ended_session=None):
        """Close every one of these sockets whose session ended or whose right is gone; one query for all."""
        for socket in [each for each in sockets if ended_session and each.session_key == ended_session]:
            self._begin(socket.end(NOT_SIGNED_IN))
        if not sockets:
            return
        found = await _rights_of_all(sockets)
        for socket in sockets:
            code = found.verdict(socket)
            if code is not None:
                self._begin(socket.end(code))

    async def close_all(self):
        """Ask every page to come back (graceful stop), each at a moment of its own: the close's reason says in how many
        ms. Left to chance, too many of a few pages would meet in one second (RELIABILITY 4.3)."""
        sockets = list(self._sockets)
        random.shuffle(sockets)
        step = RETURN_SECONDS * 1000 / max(len(sockets), 1)
        for number, socket in enumerate(sockets):
            self._begin(socket.end(RESTARTING, str(int((number + 0.5) * step))))


def beat_text(socket, numbers):
    """The `beat`: the newest number and version of each conversation this page watches."""
    return json.dumps({"type": "beat", "conversations": _shown(socket, numbers)})


def hello_text(socket, numbers, build):
    """The `hello`, the first frame: who and when we are, and the same numbers as in a beat."""
    frame = {"type": "hello", "server_time": timezone.now().isoformat(), "user_id": socket.user_id, "build": build}
    return json.dumps({**frame, "conversations": _shown(socket, numbers)})


def _shown(socket, numbers):
    return [
        {"conversation_id": str(each), "seq": seq, "version": version}
        for each, (seq, version) in socket.pick(numbers).items()
    ]


async def _numbers_for(sockets):
    return await asked(
        numbers_of,
        {socket.user_id for socket in sockets if socket.audience == "employee"},
        {watched for socket in sockets for watched in socket.watching},
    )


async def _rights_of_all(sockets):
    """Asked again after a moment when the database blinks: a lost right must not wait for the next look."""
    user_ids, session_keys = {each.user_id for each in sockets}, {each.session_key for each in sockets}
    for _ in range(RIGHTS_TRIES - 1):
        try:
            return await asked(rights_of, user_ids, session_keys)
        except DatabaseError:
            await asyncio.sleep(RIGHTS_PAUSE)
    return await asked(rights_of, user_ids, session_keys)


async def _quietly(awaitable):
    try:
        await asyncio.wait_for(awaitable, 1.0)
    except Exception as error:
        log.debug("leaving the layer failed: %s", type(error).__name__)


_hub = None


def running():
    """The hub of the running loop, made at the first call. A server has one loop for its whole life."""
    global _hub
    loop = asyncio.get_running_loop()
    if _hub is None or _hub.loop is not loop:
        _hub = Hub(loop)
        _hub.start()
        broadcast.outbound.serve_on(loop)
    return _hub


async def close_all():
    """Send the pages of this process away, if it ever had any."""
    if _hub is not None and _hub.loop is asyncio.get_running_loop():
        await _hub.close_all()


def nothing_to_tell():
    """Whether everything that was announced has been handed to the layer."""
    return broadcast.outbound.idle


def _rights_changed(sender, user_id, **_):
    broadcast.announce_rights(user_id)


def _signed_out(sender, user_id, session_key, **_):
    broadcast.announce_rights(user_id, session_key=session_key)


signals.rights_changed.connect(_rights_changed, dispatch_uid="hub.rights_changed")
signals.signed_out.connect(_signed_out, dispatch_uid="hub.signed_out")
