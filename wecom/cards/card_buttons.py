"""A tap on a card: the command it stands for, and the card as it is true afterwards."""

from uuid import UUID

from django.conf import settings

from accounts.models import User
from conversations import access
from conversations.commands import feedback
from conversations.errors import Refused, TooSoon
from conversations.models import Conversation, Feedback

from .. import later, sending
from ..inbound.registry import on_event
from ..models import Delivery
from . import asking, updating
from .shapes import RATE, SOLVED, UNSOLVED, URGE, card_now, is_over
from .tasks import Task

FOREIGN, UNKNOWN = "foreign", "unknown_button"
SCORES = {f"{RATE}{score}": score for score in Feedback.Score.values}


@on_event("template_card_event")
def card_buttons(entry):
    """Bears a second run: the commands count a tap once, and the card is drawn from what is true, not from the tap.

    Only the employee of the request is heard. To anybody else the card does not belong, whoever sent it to them.
    """
    task = Task.read(entry.text("TaskId"))
    person = User.objects.member(settings.WECOM_CORP_ID, entry.userid) if task else None
    conversation = _theirs(person, task) if person else None
    if conversation is None:
        entry.outcome = FOREIGN
        return
    # From here on the taps' own codes change this card: the one it was sent with is not needed any more.
    Delivery.objects.filter(key=task.key, person=person).update(response_code="")
    done, entry.outcome = _act(task, entry.text("EventKey"), person)
    conversation = _theirs(person, task)
    with later.retried():
        if not show(task, conversation, entry.text("ResponseCode")) and done:
            # The card can say nothing any more, but the tap counts: an ordinary one says so, and leads to the page.
            body = lambda: asking.link(task, conversation, f"&tap={entry.pk}")  # noqa: E731
            sending.deliver(person, f"tap:{entry.pk}", body, kind="tap")


def show(task, conversation, code):
    """Bring the card up to date. → False when this code can change nothing. Raises TryLater, WecomError."""
    card = card_now(task, conversation)
    change = {"template_card": card} if card else is_over()
    return updating.update(conversation.employee, code, change)


def _theirs(person, task):
    mine = access.visible_to(person, access.EMPLOYEE).select_related("employee", "assigned_agent")
    return mine.filter(pk=task.conversation_id).first()


def _act(task, button, person):
    """→ (whether it took effect, now or before; one word for the entry)"""
    resolution = {"by": person, "epoch": task.epoch}
    try:
        if button == SOLVED:
            feedback.confirm_solved(task.conversation_id, **resolution)
        elif button == UNSOLVED:
            feedback.say_unsolved(task.conversation_id, **resolution)
        elif button in SCORES:
            # Of two taps on a card the second is a slip; who changes their mind does so on the page.
            feedback.rate(task.conversation_id, score=SCORES[button], may_change=False, **resolution)
        elif button == URGE:
            feedback.urge(task.conversation_id, by=person)
        else:
            return False, UNKNOWN
    except TooSoon as refused:
        return True, refused.code  # urged a moment ago, perhaps by an earlier run of this very tap
    except Refused as refused:
        return False, refused.code
    return True, button


def refresh(conversation_id, epoch):
    """The page or an agent was faster: the card that still asks shows what is true. Raises TryLater, WecomError."""
    task = Task("solved", UUID(conversation_id), epoch)
    row = Delivery.objects.filter(key=task.key, state=Delivery.State.SENT).exclude(response_code="").first()
    conversation = Conversation.objects.select_related("employee", "assigned_agent").filter(pk=conversation_id).first()
    if row and conversation:
        show(task, conversation, row.response_code)
