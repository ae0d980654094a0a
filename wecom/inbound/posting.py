"""Makes messages of what people write in the app's chat: once, whatever runs twice, and as the person they are."""

from functools import wraps
from uuid import UUID, uuid5

from conversations import attachments
from conversations.commands.messages import post_message
from conversations.errors import NotAllowed, NotFound
from conversations.models import Message

from .. import people
from ..client import Client
from . import answers, outcomes

ORIGIN = "wecom"
# One entry, one id, in every run: the second run is answered with the message of the first.
NAMESPACE = UUID("3b6f1f3c-5d0e-5c9b-9d3f-0d6a4d5b7e21")


def from_member(handler):
    """Makes a handler of `handler(entry, person)`: only active people get that far, and who may not ask is told so."""

    @wraps(handler)
    def handle(entry):
        try:
            person = people.sender(Client(), entry.userid)
        except people.Refusal as refusal:
            entry.outcome = refusal.kind
            return
        try:
            handler(entry, person)
        except (NotAllowed, NotFound):
            entry.outcome = outcomes.NOT_ALLOWED
            answers.may_not_ask(entry, person)

    return handle


def post(entry, person, content, part="", files=()):
    """Store `content` and `files` (uploaded files) as this person's message, in the newest open request or a new one.

    An entry may become several messages, each under a `part` of its own. Raises Refused.
    """
    with attachments.staged(person, files) as ids:
        message, _created = post_message(
            author=person, content=content, client_id=client_id(entry, part), attachment_ids=ids, origin=ORIGIN
        )
    entry.message = entry.message or message


def posted(entry, person, part=""):
    """The message that an earlier run made of it, or None."""
    return Message.objects.filter(author=person, client_id=client_id(entry, part)).first()


def client_id(entry, part=""):
    return uuid5(NAMESPACE, f"{entry.key}/{part}")
