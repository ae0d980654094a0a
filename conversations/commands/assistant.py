"""What the assistant does in a conversation, and what an administrator does with the assistant.

The fence: an answer begun for one `epoch` is written only while that epoch lasts, the assistant still has the
conversation, and its employee wrote nothing since; all under the conversation's lock (PRODUCT U7).
"""

from django.db import transaction
from django.utils import timezone

from jobs.queue import declare, enqueue

from .. import broadcast
from ..events import record
from ..models import AssistantSwitch, Conversation, Message
from ..notices import chinese
from ..queries.assistant import NOTHING_FOUND
from ..states import Action, Status, next_status
from .alerts import tell_of_queue
from .messages import NOTIFY_EMPLOYEE
from .writing import SECONDS_FOR_THE_PAGE, append, append_notice, lock, store

HAND_OVER_ALL = declare("hand_over_all")


def is_wanted(message, epoch):
    """Whether an answer to `message` would still be written now; the write looks again under the lock."""
    return _is_wanted(message.conversation, message, epoch)


def post_as_assistant(question, *, epoch, content, facts):
    """Answer the message `question`; → the Message, or None when it came too late and was dropped.

    Without `content` it says that nothing was found, in each reader's language; stored in Chinese as every notice is.
    """
    with transaction.atomic():
        conversation = _locked(question)
        if not _is_wanted(conversation, question, epoch):
            return None
        now = timezone.now()
        said = {"content": content} if content else {"content": chinese(NOTHING_FOUND, {}), "notice": NOTHING_FOUND}
        message = append(conversation, sender_type=Message.SenderType.AI, facts=facts, at=now, **said)
        # Nobody waits for a person until they say so: 没解决 and 转人工 begin that wait.
        conversation.waits(None)
        record(conversation, "assistant.answered", None, now, message=str(message.pk), found=bool(content))
        store(conversation)
        enqueue(NOTIFY_EMPLOYEE, run_in=SECONDS_FOR_THE_PAGE, message_id=str(message.pk))
        broadcast.announce(conversation, [message])
        return message


def give_up(question, *, epoch):
    """The assistant failed: an apology, and into the queue. → whether it still had the conversation."""
    with transaction.atomic():
        conversation = _locked(question)
        if not _is_wanted(conversation, question, epoch):
            return False
        _hand_over(conversation, "assistant_failed")
        return True


def switch_assistant(on, *, by):
    """For all new requests and all open ones: those that it has go to the queue when it is switched off."""
    with transaction.atomic():
        AssistantSwitch.objects.update_or_create(
            pk=1, defaults={"on": on, "changed_by": by, "changed_at": timezone.now()}
        )
        if not on:
            enqueue(HAND_OVER_ALL)


def hand_over_all():
    """Every conversation that the assistant has, one after the other, each under its own lock."""
    for pk in Conversation.objects.filter(status=Status.BOT).values_list("pk", flat=True):
        with transaction.atomic():
            conversation = lock(Conversation.objects.all(), pk)
            if conversation.status == Status.BOT:
                _hand_over(conversation, "handed_off")


def _locked(question):
    return lock(Conversation.objects.all(), question.conversation_id)


def _is_wanted(conversation, question, epoch):
    if conversation.status != Status.BOT or conversation.epoch != epoch:
        return False
    # Its own as well: the job was killed behind its answer and runs again.
    since = conversation.messages.filter(seq__gt=question.seq)
    return not since.filter(sender_type__in=[Message.SenderType.EMPLOYEE, Message.SenderType.AI]).exists()


def _hand_over(conversation, notice):
    now = timezone.now()
    conversation.status = next_status(conversation.status, Action.HANDOFF)
    conversation.epoch += 1
    line = append_notice(conversation, notice, at=now)
    conversation.waits(conversation.waiting_since or now)
    record(conversation, "conversation.handed_off", None, now, by="assistant")
    tell_of_queue(conversation)
    store(conversation)
    broadcast.announce(conversation, [line])
