"""The only code that renders a message, an inbox row or a header; each has one shape, wherever it is shown."""

import math

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from knowledge.markdown import html

from .access import AGENTS
from .attachments import attachment_json
from .body import body_html
from .file_kinds import TEXT, sign_of
from .models import Attachment, Feedback, Message
from .notices import sentence
from .queries.feedback import asks_rating, change_wait, is_asked, may_urge, urge_wait
from .queries.queue import position
from .states import Status, actions_for
from .wording import LAST_LINE_CHARS, one_line

Sender = Message.SenderType
PICTURE_SIDE = 240  # px, as --picture-max in tokens.css


def message_json(message, audience):
    """The message as CONTRACT 3 writes it, as this audience sees it."""
    return {
        "id": str(message.id),
        "conversation_id": str(message.conversation_id),
        "seq": message.seq,
        "client_id": str(message.client_id),
        "sender_type": message.sender_type,
        "sender_name": message.sender_name,
        "msg_type": message.msg_type,
        "content": words_of(message),
        "attachments": [attachment_json(each) for each in _attachments(message)],
        "internal": message.internal,
        "prev_seq": prev_seq(message, audience),
        "version": message.version,
        "created_at": message.created_at.isoformat(),
    }


def message_html(message, audience):
    """The bubble, for one audience, in the language in force. Nothing in it depends on who looks.

    Made once for each object: the answer to a post is the frame that its author's other pages hear.
    """
    made = message.__dict__.setdefault("_made", {})
    shape = (audience, get_language(), message.version)
    if shape not in made:
        made[shape] = _message_html(message, audience)
    return made[shape]


def _message_html(message, audience):
    return render_to_string(
        "conversations/_message.html",
        {
            "message": message,
            "audience": audience,
            "prev_seq": prev_seq(message, audience),
            "body": _body(message),
            "mentions": "、".join(message.facts.get("mentions", [])) if message.internal else "",
            "sender_label": sender_label(message),
            "attachments": [_shown(each) for each in _attachments(message)],
        },
    )


def _body(message):
    """What a person wrote is never markup; the assistant's words are Markdown, cleaned like an article's."""
    if message.sender_type == Sender.AI and not message.notice:
        return html(message.content)
    return body_html(words_of(message))


def prev_seq(message, audience):
    """The seq before this one as the audience counts: an employee's count skips the notes."""
    return message.seq - 1 if audience == AGENTS else message.prev_public_seq


def words_of(message):
    """What it says: a person's words as written, a line of the system in the reader's language."""
    return sentence(message.notice, message.facts) if message.notice else message.content


def sender_label(message):
    """Who speaks, in words: a person's name, else the part."""
    if message.sender_type == Sender.AI:
        return _("智能助手")
    return message.sender_name or Sender(message.sender_type).label


def _shown(attachment):
    """A file as the bubble shows it: a picture in its room, a tile while it is being converted, else a line."""
    return {
        **attachment_json(attachment),
        **_room(attachment),
        "natural": {"width": attachment.width, "height": attachment.height},
        "converting": attachment.is_converting,
        "failed": attachment.conversion == Attachment.Conversion.FAILED,
        "readable": attachment.content_type == TEXT,
        "sign": sign_of(attachment.name),
    }


def _room(attachment):
    """How large the picture stands in a bubble: a page keeps that room free before the picture is there."""
    if not (attachment.width and attachment.height):
        return {}
    shrunk = min(1, PICTURE_SIDE / max(attachment.width, attachment.height))
    return {name: max(1, round(getattr(attachment, name) * shrunk)) for name in ("width", "height")}


def _attachments(message):
    return message.attachments.all() if message.msg_type != Message.MsgType.TEXT else ()


def conversation_json(conversation, audience=AGENTS):
    """A conversation as programs of this audience see it."""
    return _for_its_employee(conversation) if audience != AGENTS else _for_agents(conversation)


def _for_its_employee(conversation):
    """What the desk's pages and frames say of it, and no number that a note moves."""
    agent = conversation.assigned_agent
    return {
        "id": str(conversation.id),
        "subject": conversation.subject,
        "status": conversation.status,
        "version": conversation.public_version,
        "assigned_agent_id": conversation.assigned_agent_id,
        "assigned_agent_name": agent.display_name if agent else None,
        "last_seq": conversation.last_public_seq,
        "created_at": _iso(conversation.created_at),
        "resolved_at": _iso(conversation.resolved_at),
    }


def _for_agents(conversation):
    agent = conversation.assigned_agent
    return {
        "id": str(conversation.id),
        "subject": conversation.subject,
        "status": conversation.status,
        "version": conversation.version,
        "employee_name": conversation.employee.display_name,
        "employee_department": conversation.employee.department,
        "assigned_agent_id": conversation.assigned_agent_id,
        "assigned_agent_name": agent.display_name if agent else None,
        "last_line": conversation.last_line,
        "last_seq": conversation.last_seq,
        "waiting_since": _iso(conversation.waiting_since),
        "last_message_at": _iso(conversation.last_message_at),
        "created_at": _iso(conversation.created_at),
        "resolved_at": _iso(conversation.resolved_at),
        "actions": [str(action) for action in actions_for(conversation.status)],
    }


def draft_json(draft, whole=False):
    """A draft as its author's pages know it from lists and frames; `whole`: with all of its words."""
    shape = {
        "conversation_id": str(draft.conversation_id) if draft.conversation_id else None,
        "draft_id": str(draft.draft_id),
        "revision": draft.revision,
        "internal": draft.internal,
        "line": one_line(draft.content, LAST_LINE_CHARS),
    }
    if whole:
        shape.update(content=draft.content, based_on_seq=draft.based_on_seq, updated_at=draft.updated_at.isoformat())
    return shape


def row_html(conversation):
    """The inbox row, the same for every agent."""
    context = {"conversation": conversation, "actions": actions_for(conversation.status)}
    return render_to_string("conversations/_row.html", context)


def header_html(conversation):
    """What stands around the employee's thread: the state line, and behind it what they may say of a resolution."""
    return state_html(conversation) + feedback_html(conversation)


def state_html(conversation):
    """The employee's state line: one true sentence, and the way to hurry."""
    place, now = position(conversation), timezone.now()
    wait = urge_wait(conversation, now)
    context = {
        "conversation": conversation,
        "position": place,
        "sentence": state_sentence(conversation, place),
        "may_urge": may_urge(conversation),
        "again_in": math.ceil(wait.total_seconds()) if wait else None,
        "again_at": now + wait if wait else None,
    }
    return render_to_string("conversations/_header.html", context)


def feedback_html(conversation):
    """The questions "solved?" and "how was it?" with their answers; empty when there is nothing to ask."""
    now = timezone.now()
    if not is_asked(conversation, now):
        return ""
    feedback = conversation.feedback
    wait = change_wait(feedback, now)
    context = {
        "conversation": conversation,
        "feedback": feedback,
        "scores": Feedback.Score,
        "asks_rating": wait or (feedback and not feedback.score and asks_rating(conversation, now)),
        "change_in": math.ceil(wait.total_seconds()) if wait else None,
    }
    return render_to_string("conversations/_feedback.html", context)


def feedback_json(conversation):
    """What was said of the resolution in force, which `epoch` names (None: none is), and when it may be urged again."""
    feedback, wait = conversation.feedback, urge_wait(conversation)
    return {
        "epoch": conversation.epoch if conversation.status == Status.RESOLVED else None,
        "verdict": feedback.verdict if feedback else "",
        "score": feedback.score if feedback else None,
        "words": feedback.words if feedback else "",
        "urge_again_in": math.ceil(wait.total_seconds()) if wait else 0,
    }


def state_sentence(conversation, place=None):
    """What is happening with a request, in one sentence for its employee; `place` is the position in the queue."""
    if conversation.status == Status.QUEUED:
        return _("排队中，第 %(place)s 位") % {"place": place} if place else _("排队中")
    if conversation.status == Status.ASSIGNED:
        return _("%(agent)s 正在处理") % {"agent": conversation.assigned_agent.display_name}
    if conversation.status == Status.RESOLVED:
        return _("已解决，再写一句就会重新打开")
    if conversation.waiting_since is None:
        return _("智能助手已回复，随时可以转人工")
    return _("智能助手正在处理")


def _iso(at):
    return at.isoformat() if at else None
