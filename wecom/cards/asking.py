"""Sends the cards with buttons: one for each resolution, one for each long wait, to whoever is away."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from conversations.models import Conversation
from conversations.queries.feedback import is_asked
from conversations.queries.reading import confirmed_seq
from conversations.states import Status

from .. import codes, reasons, sending
from ..card import textcard
from ..errors import entry_for
from ..models import Delivery
from .shapes import card_now, page_of
from .tasks import Task

SOLVED = "solved"


def ask_if_solved(conversation_id, epoch):
    """One card for this resolution, unless its employee saw or said it on the page. Raises TryLater."""
    conversation = Conversation.objects.select_related("employee", "assigned_agent").filter(pk=conversation_id).first()
    if conversation:
        send(Task(SOLVED, conversation.pk, epoch), conversation, _why_not_ask)


def send(task, conversation, why_not):
    """Send the card of this task as it would be now, or as a link where no tap could be heard. Raises TryLater."""
    person, kind = conversation.employee, task.kind
    card = card_now(task, conversation)
    if reason := why_not(task, conversation) or ("" if card else reasons.OVER):
        sending.skip(person, task.key, reason, kind=kind)
        return
    if taps_are_heard():
        body = lambda: sending.envelope(person, "template_card", card)  # noqa: E731
        if not _needs_a_link(sending.deliver(person, task.key, body, kind=kind)):
            return
    sending.deliver(person, f"{task.key}:link", lambda: link(task, conversation), kind=kind)


def taps_are_heard():
    """Whether this app has a callback; without one WeCom refuses every card with buttons (43012)."""
    return bool(settings.WECOM_CALLBACK_TOKEN and settings.WECOM_CALLBACK_AES_KEY)


def link(task, conversation, mark=""):
    """The same words on an ordinary card, which opens the page where the same buttons stand."""
    card = card_now(task, conversation)
    with override(settings.LANGUAGE_CODE):
        title = card["main_title"]["title"] if card else _("这个请求已有新的进展")
        told = card["main_title"]["desc"] if card else ""
        words = "\n".join(part for part in (told, conversation.subject) if part)
        return textcard(conversation.employee, title, words, page_of(conversation, mark or f"&card={task}"))


def _needs_a_link(row):
    return row.state == Delivery.State.FAILED and row.reason.isdecimal() and _is_callback(int(row.reason))


def _is_callback(code):
    return entry_for(code).kind == codes.CALLBACK


@sending.unless(SOLVED)
def _needless(row):
    return why_not_now(row, _why_not_ask)


def why_not_now(row, why_not):
    """`why_not(task, conversation)` of the card in this row; the request may be gone."""
    task = Task.of_delivery(row)
    conversation = Conversation.objects.filter(pk=task.conversation_id).first()
    return why_not(task, conversation) if conversation else reasons.OVER


def _why_not_ask(task, conversation):
    if conversation.status != Status.RESOLVED or conversation.epoch != task.epoch or not is_asked(conversation):
        return reasons.OVER
    if conversation.feedback:
        return reasons.ANSWERED
    told = conversation.messages.filter(notice="resolved").order_by("-seq").values_list("seq", flat=True).first()
    return reasons.SEEN if told and confirmed_seq(conversation.pk, conversation.employee_id) >= told else ""
