"""Keeping what somebody has begun to write, so that another device or a later day finds it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .. import access, broadcast
from ..errors import NotFound, Stale
from ..models import Draft
from ..wording import checked_client_id, checked_draft, visitor_gone

STORED = ["draft_id", "step", "revision", "content", "internal", "based_on_seq", "updated_at"]


@dataclass(frozen=True)
class Begun:
    """The draft that a message is made of: its name, the newest revision its page knew, and whether it was that of a
    new request, which has no conversation."""

    draft_id: UUID
    revision: int
    new: bool = False


def save_draft(*, author, audience, conversation_id, draft_id, step, base, content, internal=False, based_on_seq=None):
    """Keep `content` as what `author` has begun to write there (None: a new request); empty content deletes it.

    `base` is the revision that the page knew: what is based on an older one raises Stale, unless this very draft was
    saved before at a lower `step`, whose answer the page need not have heard. Raises NotFound and Refused.
    """
    draft_id, content = checked_client_id(draft_id, "draft_id"), checked_draft(content)
    if not access.may_draft(author, audience, conversation_id):
        raise NotFound(visitor_gone())
    with transaction.atomic():
        draft = _locked(author, conversation_id)
        continued = draft.draft_id == draft_id and step > draft.step
        if draft.revision != base and not continued:
            raise Stale(draft)
        draft.draft_id, draft.step, draft.content = draft_id, step, content
        draft.internal, draft.based_on_seq = internal, based_on_seq
        _store(draft)
    return draft


def forget_sent(author, conversation, begun):
    """Empty the draft that a message was made of, in the message's own transaction.

    Not when somebody wrote on elsewhere, in words that this message does not hold. A draft that was never heard of
    gets its row all the same: its first saving may still be on the way, and must find that it is late.
    """
    draft = _locked(author, None if begun.new else conversation.pk)
    if draft.draft_id != begun.draft_id and draft.revision > begun.revision:
        return
    draft.draft_id, draft.step, draft.content, draft.based_on_seq = begun.draft_id, Draft.SENT, "", None
    _store(draft)


def _locked(author, conversation_id):
    """The row under its lock, made when it is missing. Two who miss it at once get the same one."""
    rows = Draft.objects.select_for_update().filter(user=author, conversation_id=conversation_id)
    if found := rows.first():
        return found
    missing = Draft(user=author, conversation_id=conversation_id, updated_at=timezone.now())
    # DO NOTHING and not an error: on PostgreSQL an error would end the transaction of a send.
    Draft.objects.bulk_create([missing], ignore_conflicts=True)
    return rows.get()


def _store(draft):
    draft.revision += 1
    draft.updated_at = timezone.now()
    draft.save(update_fields=STORED)
    broadcast.announce_draft(draft)
