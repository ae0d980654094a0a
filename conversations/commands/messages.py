"""Writing into a conversation: the hot path. Everything here is one short transaction (ARCHITECTURE 4, Send)."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from jobs import faults
from jobs.queue import declare, enqueue

from .. import access, broadcast
from ..errors import Conflict, NotAllowed, Refused
from ..events import record
from ..mentions import mentioned
from ..models import Conversation, Message
from ..queries.alerts import serving_agents
from ..queries.assistant import assistant_is_on
from ..states import FIRST, OPEN, Action, Status, next_status
from ..wording import SUBJECT_CHARS, asks_for_person, checked_client_id, kind_label, one_line
from .alerts import tell_agents, tell_of_queue
from .drafts import forget_sent
from .lifecycle import take
from .words import Words
from .writing import SECONDS_FOR_THE_PAGE, append_notice, lock, resolution_changed, store

NOTIFY_EMPLOYEE = declare("notify_employee")
ANSWER_MESSAGE = declare("answer_message")

Sender = Message.SenderType


def post_message(
    *,
    author,
    content,
    client_id,
    msg_type="text",
    conversation_id=None,
    new_topic=False,
    attachment_ids=(),
    begun=None,
    origin="",
):
    """An employee writes; returns (Message, created). The same `client_id` again returns the first message.

    Without `conversation_id` it goes to the newest open conversation, or opens one. `begun`: the draft that
    the words were (commands.drafts.Begun), which is over with them. `origin`: where they were written, when not at a
    page of the desk (Message.origin). Raises Refused and NotFound.
    """
    client_id = checked_client_id(client_id)

    def write(words):
        conversation = _conversation_of(author, conversation_id, new_topic)
        if earlier := _earlier(author, client_id):
            return earlier, False
        message = _write_as_employee(conversation or _opened(author, words), author, words, client_id)
        if begun:
            forget_sent(author, message.conversation, begun)
        return message, True

    return _once(lambda: Words.checked(author, content, msg_type, attachment_ids, origin), write, author, client_id)


def post_reply(
    *,
    author,
    conversation_id,
    content,
    client_id,
    msg_type="text",
    internal=False,
    based_on_seq=None,
    attachment_ids=(),
    begun=None,
):
    """An agent answers, or with `internal` notes something for colleagues only; returns (Message, created).

    A public answer to somebody nobody has taken yet takes them. Raises Refused, NotFound, NotAllowed, and Conflict
    when somebody wrote after `based_on_seq` or the conversation is resolved.
    """
    client_id = checked_client_id(client_id)

    def write(words):
        conversation = lock(access.visible_to(author, access.AGENTS), conversation_id)
        if earlier := _earlier(author, client_id):
            return earlier, False
        if not access.may(author, "note" if internal else "reply", conversation):
            raise NotAllowed(_("您不能在这个对话里回复"))
        _refuse_when_overtaken(conversation, author, based_on_seq)
        writer = _write_note if internal else _write_answer
        message = writer(conversation, author, words, client_id)
        if begun:
            forget_sent(author, conversation, begun)
        return message, True

    return _once(lambda: Words.checked(author, content, msg_type, attachment_ids), write, author, client_id)


def _once(check, write, author, client_id):
    """`write(check())`, in a transaction of its own, which `check` must not hold up.

    Two posts of one id that met under different locks (one named the conversation, one did not) are told apart by the
    unique constraint: the loser answers with the winner's message. So does a repetition that is refused, whatever else
    it says: what was acknowledged stays acknowledged. Nobody looks for one before: a first try is what nearly all are.
    """
    try:
        words = check()
        faults.at("m1")
        with transaction.atomic(durable=True):
            written = write(words)
            faults.at("m2")
    except (IntegrityError, Refused):
        earlier = _earlier(author, client_id)
        if earlier is None:
            raise
        return earlier, False
    faults.at("m4")
    return written


def _earlier(author, client_id):
    sent = Message.objects.filter(author=author, client_id=client_id)
    if not sent.exists():  # nearly always; the whole message with its conversation costs three times the question
        return None
    return sent.select_related("conversation").prefetch_related("attachments").first()


def _conversation_of(author, conversation_id, new_topic):
    """The locked conversation that the words belong to, or None when they begin a new one."""
    mine = access.visible_to(author, access.EMPLOYEE)
    if conversation_id is not None:
        return lock(mine, conversation_id)
    # First words from two tabs at once: the person's own row puts them in order, else each would open a conversation.
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    if new_topic:
        return None
    current = mine.filter(status__in=OPEN).order_by("-last_message_at", "id").values_list("pk", flat=True).first()
    return lock(mine, current) if current else None


def _opened(author, words):
    if not author.has_role(Role.USER):
        raise NotAllowed(_("您不能提交请求"))
    now = timezone.now()
    subject = one_line(words.content, SUBJECT_CHARS) or kind_label(words.msg_type)
    status = Status.BOT if assistant_is_on() else FIRST
    conversation = Conversation(employee=author, status=status, subject=subject, created_at=now, last_message_at=now)
    conversation.waits(now)
    conversation.save(force_insert=True)
    record(conversation, "conversation.opened", author, now)
    return conversation


def _write_as_employee(conversation, author, words, client_id):
    now = timezone.now()
    added = []
    was_queued = conversation.status == Status.QUEUED and conversation.last_seq > 0
    if conversation.status == Status.RESOLVED:
        added.append(_reopened_by_writing(conversation, author, now))
    conversation.status = next_status(conversation.status, Action.WRITE)
    message = words.append_to(conversation, Sender.EMPLOYEE, author, client_id, now)
    conversation.waits(conversation.waiting_since or now)
    record(conversation, "message.posted", author, now, message=str(message.id), sender_type="employee")
    added.append(message)
    if conversation.status == Status.BOT:
        added += _for_the_assistant(conversation, author, message, now)
    store(conversation)
    if not was_queued:
        tell_of_queue(conversation)
    broadcast.announce(conversation, added)
    return message


def _for_the_assistant(conversation, author, message, now):
    """A job to answer it; or a person at once, when that is what it asks for. → the lines that say so."""
    if not asks_for_person(message.content):
        enqueue(ANSWER_MESSAGE, message_id=str(message.id), epoch=conversation.epoch)
        return []
    conversation.status = next_status(conversation.status, Action.HANDOFF)
    conversation.epoch += 1
    notice = append_notice(conversation, "handed_off", at=now)
    conversation.waits(conversation.waiting_since or now)
    record(conversation, "conversation.handed_off", author, now)
    return [notice]


def _reopened_by_writing(conversation, author, now):
    resolution_changed(conversation, conversation.epoch)
    conversation.epoch += 1
    conversation.resolved_at = None
    conversation.assigned_agent = None
    notice = append_notice(conversation, "reopened", at=now)
    record(conversation, "conversation.reopened", author, now, by="employee")
    return notice


def _write_answer(conversation, author, words, client_id):
    if conversation.status == Status.RESOLVED:
        raise Conflict(_("这个请求已解决，重新打开后才能回复"), conversation)
    now = timezone.now()
    added = []
    if conversation.assigned_agent_id is None:
        added.append(take(conversation, author, now))
    message = words.append_to(conversation, Sender.AGENT, author, client_id, now)
    conversation.waits(None)
    record(conversation, "message.posted", author, now, message=str(message.id), sender_type="agent")
    store(conversation)
    enqueue(NOTIFY_EMPLOYEE, run_in=SECONDS_FOR_THE_PAGE, message_id=str(message.id))
    broadcast.announce(conversation, [*added, message])
    return message


def _write_note(conversation, author, words, client_id):
    now = timezone.now()
    called = _called(conversation, author, words.content)
    names = {"mentions": [each.display_name for each in called]} if called else {}
    message = words.append_to(conversation, Sender.AGENT, author, client_id, now, internal=True, **names)
    record(conversation, "note.posted", author, now, message=str(message.id))
    if called:
        ids = [each.pk for each in called]
        record(conversation, "note.mentioned", author, now, message=str(message.id), agents=ids)
        tell_agents(conversation, "mentioned", message.pk, ids)
    store(conversation)
    broadcast.announce_note(conversation, message)
    return message


def _called(conversation, author, content):
    """The colleagues whom a note calls; nobody calls themselves."""
    if "@" not in content and "＠" not in content:
        return []
    return [each for each in mentioned(content, serving_agents(conversation)) if each.pk != author.pk]


def _refuse_when_overtaken(conversation, author, based_on_seq):
    if based_on_seq is None:
        return
    between = (
        conversation.messages.filter(seq__gt=based_on_seq, sender_type__in=[Sender.EMPLOYEE, Sender.AGENT])
        .exclude(author=author)
        .prefetch_related("attachments")
        .order_by("seq")
    )
    if newer := list(between):
        raise Conflict(_("%(name)s 刚刚又写了一条") % {"name": newer[-1].sender_name}, conversation, newer)
