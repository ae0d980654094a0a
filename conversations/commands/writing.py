"""The one way a conversation is locked and a message comes into being. Only commands import this."""

import uuid

from jobs.queue import declare, enqueue

from ..errors import NotFound
from ..models import Conversation, Message
from ..notices import chinese
from ..wording import LAST_LINE_CHARS, kind_label, one_line, visitor_gone

# Long enough for an open page to confirm that it showed the message, short enough for a card within 10 s (PRODUCT B3).
SECONDS_FOR_THE_PAGE = 5
REFRESH_CARD = declare("refresh_card")


def lock(visible, conversation_id):
    """The conversation under its row lock, or NotFound. Must be the first statement of the transaction.

    SQLite has no row locks: there `transaction_mode=IMMEDIATE` has locked the file already.

    Only the employee is joined, who never changes. After a wait for the lock PostgreSQL reads the locked row anew but
    keeps the joined rows of before: an `assigned_agent` joined here would be the one of before the wait.
    """
    try:
        return visible.select_related("employee").select_for_update(of=("self",), no_key=True).get(pk=conversation_id)
    except Conversation.DoesNotExist:
        raise NotFound(visitor_gone()) from None


def append(conversation, *, sender_type, author=None, content="", client_id=None, at, **fields):
    """Number and store one message; the caller holds the lock, and saves the conversation with `store`.

    A note (`internal=True`) touches nothing that its employee can see: not the last line, not the version.
    """
    internal = fields.get("internal", False)
    conversation.last_seq += 1
    if not internal:
        conversation.changes()
    message = Message.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        prev_public_seq=conversation.last_public_seq,
        version=conversation.version,
        client_id=client_id or uuid.uuid4(),
        author=author,
        sender_type=sender_type,
        sender_name=author.display_name if author else "",
        content=content,
        created_at=at,
        **fields,
    )
    if not internal:
        conversation.last_public_seq = message.seq
        conversation.last_message_at = at
        if not message.notice:
            # A list shows what somebody said last; what the system did is the state beside it.
            conversation.last_line = one_line(content, LAST_LINE_CHARS) or kind_label(message.msg_type)
    return message


def append_notice(conversation, notice, *, at, **facts):
    """One line of the system, which each reader sees in their own language."""
    return append(
        conversation,
        sender_type=Message.SenderType.SYSTEM,
        content=chinese(notice, facts),
        notice=notice,
        facts=facts,
        at=at,
    )


def resolution_changed(conversation, epoch):
    """Something was said about this resolution, or it ended: what still asks about it elsewhere looks again."""
    enqueue(REFRESH_CARD, conversation_id=str(conversation.pk), epoch=epoch)


CHANGING_FIELDS = [
    "status", "assigned_agent", "last_line", "last_seq", "last_public_seq", "version", "silent_changes", "epoch",
    "last_message_at", "waiting_since", "order_at", "urged_at", "resolved_at",
]  # fmt: skip


def store(conversation):
    """Write what a command changed on the locked row, and nothing that it did not."""
    conversation.save(update_fields=CHANGING_FIELDS)
