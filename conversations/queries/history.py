"""Pages of messages, as one audience may see them."""

from dataclasses import dataclass

from jobs import faults

from .. import access
from ..errors import NotFound
from ..models import Message
from ..wording import visitor_gone

PAGE = 40
CATCH_UP = 100  # what somebody missed: half a thousand messages come in five round trips, each still a light one


@dataclass(frozen=True)
class Page:
    """`messages` oldest first; `has_more`: whether there is more in the direction that was asked for."""

    conversation: object
    messages: list
    has_more: bool


def page(conversation_id, *, user, audience, after=None, before=None, since=None, limit=None):
    """One page of a conversation: after a seq, before a seq, or else the latest; NotFound for a foreign one.

    `since` (a version) with `after`: older messages that changed after that version come along. A row is never
    numbered after a reader saw a higher number: numbers are given under the row lock (RELIABILITY M3).
    `limit` messages at most; without it CATCH_UP after a seq, else PAGE.
    """
    limit = limit or (PAGE if after is None else CATCH_UP)
    conversation = (
        access.visible_to(user, audience)
        .select_related("employee", "assigned_agent")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        raise NotFound(visitor_gone())
    messages = seen_by(audience, conversation)
    if after is not None:
        faults.at("m10")
        found = list(messages.filter(seq__gt=after).order_by("seq")[: limit + 1])
        # Read after `found`: a change in between then comes with a version that its reader has not passed yet.
        changed, more_changed = _changed(messages, after, since, limit)
        if more_changed:
            # Alone, so that the highest version in this answer is how far its reader has come.
            return Page(conversation, changed, True)
        return Page(conversation, changed + found[:limit], len(found) > limit)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    found = list(messages.order_by("-seq")[: limit + 1])
    return Page(conversation, found[:limit][::-1], len(found) > limit)


def around(conversation_id, seq, *, user, audience, limit=PAGE):
    """The latest page, reaching back far enough to show `seq` with some lines before it (a card's link)."""
    latest = page(conversation_id, user=user, audience=audience, limit=limit)
    if not latest.messages or seq is None or seq >= latest.messages[0].seq:
        return latest
    messages = seen_by(audience, latest.conversation)
    # A link to an old line opens there; what follows is asked for by `after=` when its reader scrolls down.
    found = list(messages.filter(seq__gt=max(0, seq - 10)).order_by("seq")[:limit])
    return Page(latest.conversation, found, found[0].prev_public_seq > 0)


def seen_by(audience, conversation):
    """The messages of a conversation that this audience may ever see."""
    messages = Message.objects.filter(conversation=conversation).prefetch_related("attachments")
    return messages if audience == access.AGENTS else messages.filter(internal=False)


def _changed(messages, after, since, limit):
    """What changed after a version, oldest change first, and whether there is more. A version is never cut in two."""
    if since is None:
        return [], False
    changed = list(messages.filter(seq__lte=after, version__gt=since).order_by("version", "seq")[: limit + 1])
    if len(changed) <= limit:
        return changed, False
    last = changed[-1].version
    whole = [message for message in changed if message.version < last]
    return whole or list(messages.filter(seq__lte=after, version=last).order_by("seq")), True
