"""A person's device: an outbox that survives everything, a page that does not, and a socket that loses frames."""

import json
import uuid
from dataclasses import dataclass, field

from django.conf import settings

from conversations import hub
from conversations.consumers import AgentSocket, DeskSocket
from tests.contract.conftest import Person


@dataclass
class Item:
    """Words in the outbox. `talk` None: for the newest open conversation; `fresh`: for a new one."""

    content: str
    talk: object = None
    fresh: bool = False
    internal: bool = False
    based_on: int | None = None
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Page:
    """What a screen holds of one conversation, by the rules of `feed.js`: a chain by `prev_seq`, healed by `after=`."""

    def __init__(self, conversation_id, ask):
        self.conversation_id, self.ask = conversation_id, ask
        self.held, self.end = {}, 0
        self.catch_up()

    def hear(self, frame):
        """A frame: shown, or the reason to ask what was missed."""
        for numbers in frame.get("conversations", ()):
            if numbers["conversation_id"] == self.conversation_id and numbers["seq"] > self.end:
                self.catch_up()
        if frame["type"] == "new_message" and frame["conversation_id"] == self.conversation_id:
            self.take(frame)
            if max(self.held) > self.end:
                self.catch_up()

    def take(self, message):
        self.held[message["seq"]] = message["prev_seq"]
        followers = {prev_seq: seq for seq, prev_seq in self.held.items()}
        while self.end in followers:
            self.end = followers[self.end]

    def catch_up(self):
        more = True
        while more:
            answer = self.ask(self.conversation_id, after=self.end)
            if answer.status_code != 200:
                return  # signed out, or without the role: the page shows what it has
            for message in answer.json()["messages"]:
                self.take(message)
            more = answer.json()["has_more"]

    @property
    def shown(self):
        """`[(prev_seq, seq)]` in the order of the screen."""
        return [(self.held[seq], seq) for seq in sorted(self.held)]


def line_of(device):
    """The product's own socket of this device, without a network: what it is offered lies in `device.heard`."""

    class Line(AgentSocket if device.audience == "agents" else DeskSocket):
        def __init__(self):
            self.user_id, self.language = device.user.pk, "zh-hans"
            self.name, self.watching = device.user.name, {}

        def take(self, bundle):
            device.heard += [json.loads(text) for text in bundle.texts]

    return Line()


class Device:
    """`audience`: employee or agents. Signed in from the beginning, at no conversation."""

    def __init__(self, user, audience):
        self.user, self.audience = user, audience
        self.person = Person(user)
        self.outbox, self.page, self.heard, self.line = [], None, [], None

    @property
    def userid(self):
        return self.user.userid

    @property
    def signed_in(self):
        cookie = self.person.client.cookies.get(settings.SESSION_COOKIE_NAME)
        return bool(cookie and cookie.value)

    def open(self, talk):
        """The page's first load; what stands there comes by the same `after=` as everything later."""
        ask = self.person.at_console if self.audience == "agents" else self.person.at_desk
        self.page = Page(talk.id, ask)

    def connect(self, switchboard, numbers_of):
        """Join first, then read the numbers for `hello`; frames of the old line are lost."""
        self.disconnect(switchboard)
        self.line = line_of(self)
        self.line.watching[uuid.UUID(self.page.conversation_id)] = None
        switchboard.join(self.line, *self.line.topics())
        self.page.hear(json.loads(hub.hello_text(self.line, numbers_of(self.line), "build")))

    def disconnect(self, switchboard):
        if self.line is not None:
            switchboard.leave(self.line)
        self.line, self.heard = None, []

    def post(self, item):
        """One try of this item. → the answer"""
        if self.audience == "employee":
            where = {"conversation_id": item.talk.id} if item.talk else {}
            topic = {"new_topic": "true"} if item.fresh else {}
            return self.person.say(item.content, client_id=item.client_id, **where, **topic)
        kind = {"internal": "true"} if item.internal else {}
        based = {} if item.based_on is None else {"based_on_seq": item.based_on}
        return self.person.answer(item.talk.id, item.content, client_id=item.client_id, **kind, **based)
