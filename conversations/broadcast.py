"""Tells open pages what was committed. A frame is a hint: losing one costs a page a round trip, never content.

The way of a frame: after commit it is rendered once per audience and language, put on a bounded queue, and sent to the
channel layer by one task on the server's loop. Nothing here can delay or fail the request that wrote (CONTRACT 5.4).
"""

import asyncio
import json
import logging
import threading
from collections import deque

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from jobs import faults

from . import presentation
from .access import AGENTS, EMPLOYEE
from .hearing import hearing

log = logging.getLogger(__name__)

GROUP = "itdesk.frames"
QUEUE_LIMIT = 10_000  # frames waiting for the layer; beyond it the oldest go, and the beat heals the pages
FLUSH_TIMEOUT = 2.0  # seconds a command waits for its last frames to leave
SEND_TIMEOUT = 1.0  # seconds for one group_send; a frozen Redis must not hold up the next frame for longer


def desk_topic(user_id):
    return f"desk.{user_id}"


def user_topic(user_id):
    return f"user.{user_id}"


def conversation_topic(conversation_id):
    return f"agent.conversation.{conversation_id}"


INBOX_TOPIC = "agent.inbox"
QUEUE_TOPIC = "desk.queue"


def announce(conversation, messages):
    """After commit, tell the employee's and the agents' pages of new public messages and of the conversation's state."""
    transaction.on_commit(lambda: _publish(_change_frames(conversation, messages)), robust=True)


def announce_note(conversation, message):
    """After commit, tell the agents, and nobody else, of an internal note."""
    transaction.on_commit(lambda: _publish([_for_agents(conversation, _message_frame, message, AGENTS)]), robust=True)


def announce_changed(conversation, message):
    """After commit, tell that a message stands there in another way: of a public one both sides, of a note the agents.

    The conversation's state comes along as after every change: pages compare its version with what they hold.
    """
    transaction.on_commit(lambda: _publish(_changed_frames(conversation, message)), robust=True)


def announce_draft(draft):
    """After commit, tell the other pages of its author, and nobody else's, what somebody has begun to write."""
    frame = {"type": "draft_changed", **presentation.draft_json(draft)}
    topic = user_topic(draft.user_id)
    transaction.on_commit(lambda: _publish([_same_in_each_language(topic, frame)]), robust=True)


def announce_rights(user_id, **facts):
    """Tell every process that this person's roles or sessions changed; their sockets look again at once."""
    _publish([{"topic": user_topic(user_id), "recheck": True, **facts}])
    outbound.flush()


def hint(topic, frame):
    """A short-lived frame (typing, presence) that is the same in every language."""
    _publish([_same_in_each_language(topic, frame)])


def _change_frames(conversation, messages):
    employee = desk_topic(conversation.employee_id)
    frames = []
    for message in messages:
        frames.append(_message_frame(employee, message, EMPLOYEE))
        frames.append(_for_agents(conversation, _message_frame, message, AGENTS))
    frames.append(_state_frame(employee, conversation, EMPLOYEE))
    frames.append(_for_agents(conversation, _state_frame, conversation, AGENTS))
    if any(message.notice for message in messages):
        # Somebody left or entered the queue: whoever still waits in it asks for their own place again.
        frames.append(_same_in_each_language(QUEUE_TOPIC, {"type": "queue_moved"}))
    return frames


def _changed_frames(conversation, message):
    frames = [
        _for_agents(conversation, _updated_frame, message, AGENTS),
        _for_agents(conversation, _state_frame, conversation, AGENTS),
    ]
    if not message.internal:
        employee = desk_topic(conversation.employee_id)
        frames.append(_updated_frame(employee, message, EMPLOYEE))
        frames.append(_state_frame(employee, conversation, EMPLOYEE))
    return frames


def _for_agents(conversation, frame, *args):
    # An agent who asked for help themselves is this conversation's employee, not one of its agents (access.py).
    return {**frame(INBOX_TOPIC, *args), "not_for": conversation.employee_id}


def _message_frame(topic, message, audience):
    return {"topic": topic, "texts": _in_each_language(lambda: _message_fields(message, audience), audience)}


def _updated_frame(topic, message, audience):
    def frame():
        return {**_message_fields(message, audience), "type": "message_updated", "version": message.version}

    return {"topic": topic, "texts": _in_each_language(frame, audience)}


def _message_fields(message, audience):
    return {
        "type": "new_message",
        "conversation_id": str(message.conversation_id),
        "id": str(message.id),
        "seq": message.seq,
        "prev_seq": presentation.prev_seq(message, audience),
        "client_id": str(message.client_id),
        "sender_type": message.sender_type,
        "msg_type": message.msg_type,
        "html": presentation.message_html(message, audience),
    }


def _state_frame(topic, conversation, audience):
    render = presentation.header_html if audience == EMPLOYEE else presentation.row_html

    def frame():
        return {
            "type": "conversation_updated",
            "conversation_id": str(conversation.id),
            "version": conversation.public_version if audience == EMPLOYEE else conversation.version,
            "status": conversation.status,
            "assigned_agent_id": conversation.assigned_agent_id,
            "html": render(conversation),
        }

    return {"topic": topic, "texts": _in_each_language(frame, audience)}


def _same_in_each_language(topic, frame):
    text = json.dumps(frame, ensure_ascii=False)
    return {"topic": topic, "texts": {code: text for code, _name in settings.LANGUAGES}}


def _in_each_language(frame, audience):
    """{language: text} for those in which this audience listens."""
    texts = {}
    for code in hearing.languages(audience):
        with override(code):
            texts[code] = json.dumps(frame(), ensure_ascii=False)
    return texts


class Outbound:
    """The bounded queue between threads that write and the one loop that owns the layer.

    The in-memory layer belongs to the server's loop: a put from another thread would lie there until that loop wakes
    for another reason, up to 4.7 s later (RELIABILITY M22). A process without a server (worker, command) runs a small
    loop of its own, on which only a layer that leaves the process makes sense.
    """

    def __init__(self):
        self._frames = deque(maxlen=QUEUE_LIMIT)
        self._lock = threading.Lock()
        self._loop = None
        self._serving = False
        self._draining = False
        self.dropped = 0
        self.failing = False

    def serve_on(self, loop):
        """Send from this loop from now on; the server calls it once, before its first request is answered."""
        with self._lock:
            self._loop, self._serving, self._draining = loop, True, False
        loop.call_soon_threadsafe(self._wake)

    def put(self, frames):
        with self._lock:
            self.dropped += max(0, len(self._frames) + len(frames) - QUEUE_LIMIT)
            self._frames.extend(frames)
            loop = self._loop = self._loop or _own_loop()
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._wake)
        except RuntimeError:
            # The server's loop is closed: the process ends, and its pages are gone already.
            self.dropped += len(frames)

    @property
    def idle(self):
        return not self._frames and not self._draining

    def flush(self):
        """Wait a moment until a process that serves nobody has handed over what it announced; a server never waits.

        A command ends right after it took a role away, and its loop's thread would end with the frame still in hand.
        """
        if self._loop is None or self._serving:
            return
        try:
            asyncio.run_coroutine_threadsafe(self._emptied(), self._loop).result(FLUSH_TIMEOUT)
        except TimeoutError:
            log.warning("the channel layer is slow; sockets learn of changed rights when they look again")

    async def _emptied(self):
        self._wake()
        await self._task

    def _wake(self):
        if not self._draining:
            self._draining = True
            self._task = asyncio.ensure_future(self._drain())

    async def _drain(self):
        try:
            while self._frames:
                await self._send(self._take_all())
        finally:
            self._draining = False

    def _take_all(self):
        with self._lock:
            frames = list(self._frames)
            self._frames.clear()
        return frames

    async def _send(self, frames):
        try:
            layer = get_channel_layer()
            event = {"type": "frames", "frames": frames}
            async with asyncio.timeout(SEND_TIMEOUT):
                await faults.passing("layer", layer.group_send(GROUP, event))
            self.failing = False
        except Exception as error:
            self.dropped += len(frames)
            if not self.failing:
                log.warning("channel layer does not take frames (%s); pages heal by themselves", type(error).__name__)
            self.failing = True


def _own_loop():
    """A loop in a daemon thread for a process that serves nobody, or None where the layer ends in this process."""
    if not settings.REDIS_URL:
        return None
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="frames", daemon=True).start()
    return loop


outbound = Outbound()


def layer_state():
    """ok, or degraded after a frame could not be handed to the layer."""
    return "degraded" if outbound.failing else "ok"


def _publish(frames):
    faults.at("m3")
    outbound.put([frame for frame in frames if frame.get("texts") != {}])
