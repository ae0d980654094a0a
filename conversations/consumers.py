"""The sockets: a door, then the hub. They save nothing, render nothing and decide nothing themselves.

A socket only listens; the few frames that a page may send are hints, and everything that must not be lost is a POST.
"""

import asyncio
import json
from uuid import UUID

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from accounts.models import User

from . import access, broadcast, hub
from .asking import ask
from .backlog import LINE, Backlog, Bundle
from .bucket import Bucket
from .commands.reading import mark_read
from .errors import Refused
from .hints import TypingPace, read_frame, typing_frame
from .queries.reading import read_seqs
from .queries.watching import NOT_SIGNED_IN, ROLE_LOST

TOO_MANY = 4429
# Daphne sends no code of the protocol itself (1009, 1012): it takes 1000 and 3000 to 4999 only.
TOO_BIG = 4009
MAX_FRAME_CHARS = 4096
BURST, PER_SECONDS = 20, 10  # frames that a page may send
MAX_WATCHED = 20


class PageSocket(AsyncWebsocketConsumer):
    """What both sockets share. Subclasses name their `audience` and their `topics`."""

    # No such layer: Channels then gives a socket no channel, no receive task and no dispatch per event.
    channel_layer_alias = "none"
    audience = backlog = hangs_on = None
    ended = False

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Not in `disconnect`: a handler that fails (no database) and a page that leaves while it is being let in
            # end a consumer without it, and the hub would count the dead socket against its person for ever.
            self._forget()

    async def connect(self):
        # Accepted first, then closed if need be: a page can read a close code, but not a refused handshake.
        await self.accept()
        self.watching = {}  # conversation id → the id of its employee
        self.bucket, self.pace = Bucket(BURST, BURST / PER_SECONDS), TypingPace()
        self.backlog = Backlog(self.send, self.scope.get("extensions", {}).get(LINE), self._send_away)
        self.session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        self.claim = self.session_key and await hub.running().door.claim(self.session_key)
        if not self.claim:
            return await self.end(NOT_SIGNED_IN)
        self.user_id = self.claim.user_id
        self.language = language_of(self.scope)
        self.hub = hub.running()
        if len(self.hub.sockets_of(self.user_id)) >= settings.SOCKETS_PER_USER:
            return await self.end(TOO_MANY)
        # Join first, then read: the other order would lose what is committed in between (ARCHITECTURE 1.7). Rights
        # are read after joining for the same reason: a role taken away in between is seen here or announced there.
        self.hub.join(self, *self.topics(), broadcast.user_topic(self.user_id))
        await self.hub.ready()
        admission = await self.hub.door.admission(self)
        if admission.code is not None or self.ended:
            return await self.end(admission.code)
        self.name, self.hangs_on = admission.user.display_name, admission.hangs_on
        self._greet(hub.hello_text(self, admission.numbers, settings.BUILD_ID))

    def _greet(self, hello):
        # What has arrived since joining waited for this: `hello` is always first.
        if not self.backlog.open(hello):
            self._send_away()
        self.greeted()

    def greeted(self):
        """The page has heard `hello`; what else it cannot ask for comes now."""

    def _forget(self):
        self.ended = True
        if hasattr(self, "hub"):
            self.hub.leave(self)
        if self.backlog is not None:
            self.backlog.end()

    async def dispatch(self, message):
        # Channels closes old database connections around every event, a thread hop of 71 µs (PERFORMANCE 2); a socket
        # reaches the database only through `asking.ask`, which does that itself.
        if message["type"] == "websocket.receive":
            await self.websocket_receive(message)
        elif message["type"] == "websocket.connect":
            await self.connect()
        else:
            raise StopConsumer

    # To the page -----------------------------------------------------------------------------------------------------

    def offer(self, text):
        """As `take`, for one frame that is for this page alone."""
        self.take(Bundle(text))

    def take(self, bundle):
        """Hand over finished frames; never waits. Whoever is too far behind is closed and comes back by `after=`."""
        if not self.ended and not self.backlog.put(bundle):
            self._send_away()

    def _send_away(self):
        asyncio.ensure_future(self.end(TOO_MANY))

    async def end(self, code, reason=None):
        if not self.ended:
            self.ended = True
            self.backlog.end()
            if hasattr(self, "hub"):
                self.hub.leave(self)
            await self.close(code=code, reason=reason)

    # From the page ---------------------------------------------------------------------------------------------------

    async def receive(self, text_data=None, bytes_data=None):
        if self.ended:
            return
        if not self.bucket.take():
            return await self.end(TOO_MANY)
        if text_data is not None and len(text_data) > MAX_FRAME_CHARS:
            return await self.end(TOO_BIG)
        frame = parsed(text_data)
        # An explicit table: a name from outside never becomes an attribute (RELIABILITY B5).
        handler = {"watch": self.watch, "unwatch": self.unwatch, "read": self.read, "typing": self.typing}.get(
            frame and frame["type"]
        )
        if handler is None:
            return self.offer('{"type": "error", "error": "bad_frame"}')
        await handler(frame["conversation_id"], frame)

    async def watch(self, conversation_id, frame):
        """On screen, or still so. Said again it asks the database nothing: a lost role ends the socket anyway."""
        if conversation_id in self.watching or await self._begin_watching(conversation_id):
            self.on_screen(conversation_id, frame.get("visible") is not False)

    async def _begin_watching(self, conversation_id):
        employee_id = await ask(self._employee_of, conversation_id)
        if employee_id is None:
            return await self.end(ROLE_LOST)
        if len(self.watching) >= MAX_WATCHED:
            return await self.end(TOO_MANY)
        if self.ended:
            return False
        self.watching[conversation_id] = employee_id
        self.hub.join(self, *self.watch_topics(conversation_id))
        # Joined first: what is read from now on comes as a frame, what was read before stands in these numbers.
        for reader, seq in (await ask(self._reads, conversation_id)).items():
            if seq:
                self.offer(json.dumps(read_frame(conversation_id, reader, seq)))
        return not self.ended

    async def unwatch(self, conversation_id, frame):
        self.watching.pop(conversation_id, None)
        self.pace.forget(conversation_id)
        self.on_screen(conversation_id, False)
        for topic in self.watch_topics(conversation_id):
            self.hub.part(self, topic)

    def on_screen(self, conversation_id, visible):
        """The page shows this conversation to somebody, or no longer does."""

    async def read(self, conversation_id, frame):
        seq, shown = frame.get("seq", 0), frame.get("shown", 0)
        if all(type(each) is int and 0 <= each < 2**31 for each in (seq, shown)):
            await ask(self._mark, conversation_id, seq, shown)

    async def typing(self, conversation_id, frame):
        if conversation_id in self.watching:
            # Whatever is not plainly a public line is a note: an employee must never learn that one is being written.
            self.writes(conversation_id, frame.get("internal", False) is False, frame.get("stopped") is True)

    def tell_typing(self, topic, conversation_id, sender_type, stopped):
        if self.pace.allows(conversation_id, stopped):
            broadcast.hint(topic, typing_frame(conversation_id, self.name, sender_type, stopped=stopped))

    def _employee_of(self, conversation_id):
        """None when this person may not see it."""
        visible = access.visible_to(self._user(), self.audience)
        return visible.values_list("employee_id", flat=True).filter(pk=conversation_id).first()

    def _reads(self, conversation_id):
        return read_seqs(conversation_id, user=self._user(), audience=self.audience)

    def _mark(self, conversation_id, seq, shown):
        try:
            mark_read(conversation_id, by=self._user(), seq=seq, shown=shown, audience=self.audience)
        except (Refused, DatabaseError):
            return  # a hint about something that is not theirs, or at a bad moment, changes nothing and tells nothing

    def _user(self):
        # Roles are read anew for each question: the scope's user is as old as the socket.
        return User.objects.get(pk=self.user_id)


class DeskSocket(PageSocket):
    """An employee's page: everything about their own conversations, and nothing else."""

    audience = access.EMPLOYEE

    def topics(self):
        return [broadcast.desk_topic(self.user_id), broadcast.QUEUE_TOPIC]

    def watch_topics(self, conversation_id):
        return []

    def writes(self, conversation_id, public, stopped):
        self.tell_typing(broadcast.conversation_topic(conversation_id), conversation_id, "employee", stopped)

    def pick(self, numbers):
        """`{id: (public seq, public version)}` of own open conversations and of the one on screen."""
        shown = dict(numbers.own.get(self.user_id, {}))
        shown.update({each: numbers.any[each] for each in self.watching if each in numbers.any})
        return {each: (public_seq, version) for each, (public_seq, _seq, version, _all) in shown.items()}


class AgentSocket(PageSocket):
    """An agent's page: every conversation's changes, and typing in the one on screen."""

    audience = access.AGENTS

    def topics(self):
        return [broadcast.INBOX_TOPIC]

    def watch_topics(self, conversation_id):
        return [broadcast.conversation_topic(conversation_id)]

    def greeted(self):
        self.hub.presence.greet(self)

    def on_screen(self, conversation_id, visible):
        if visible and not self.ended:
            self.hub.presence.look(self, conversation_id, self.watching[conversation_id])
        else:
            self.hub.presence.leave(self, conversation_id)

    def writes(self, conversation_id, public, stopped):
        employee_id = self.watching[conversation_id]
        if stopped:
            self.hub.presence.rest(self, conversation_id)
        else:
            self.hub.presence.write(self, conversation_id, employee_id)
        if public:
            self.tell_typing(broadcast.desk_topic(employee_id), conversation_id, "agent", stopped)

    def pick(self, numbers):
        """`{id: (seq, version)}` of the conversations on screen."""
        watched = {each: numbers.any[each] for each in self.watching if each in numbers.any}
        return {each: (seq, version) for each, (_public_seq, seq, _public, version) in watched.items()}


def parsed(text):
    """The frame as `{"type", "conversation_id": UUID, …}`, or None for anything else."""
    try:
        frame = json.loads(text or "")
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            return
        frame["conversation_id"] = UUID(frame["conversation_id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return frame


def language_of(scope):
    """The page's language by Django's own rules, from the handshake's cookies and headers."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    for name, value in scope.get("headers", ()):
        if name == b"accept-language":
            request.META["HTTP_ACCEPT_LANGUAGE"] = value.decode("latin-1")
    return get_language_from_request(request)
