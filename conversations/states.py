"""What a conversation can be and what may be done to it then. The table below is the whole rule.

Buttons are drawn from `actions_for`; commands ask `next_status`. One rule stands beside it: nobody answers in a resolved
conversation (`commands/messages.py`). Elsewhere a status only chooses words and lists.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    BOT = "bot", _("智能助手处理中")
    QUEUED = "queued", _("排队中")
    ASSIGNED = "assigned", _("处理中")
    RESOLVED = "resolved", _("已解决")


class Action(models.TextChoices):
    WRITE = "write", _("员工来消息")
    HANDOFF = "handoff", _("转人工")
    CLAIM = "claim", _("接待")
    RELEASE = "release", _("放回队列")
    TRANSFER = "transfer", _("转交")
    RESOLVE = "resolve", _("解决")
    REOPEN = "reopen", _("重新打开")
    CONFIRM = "confirm", _("已解决")
    DENY = "deny", _("没解决")
    RATE = "rate", _("评价")
    URGE = "urge", _("催一下")


#                    in bot             in queued          in assigned        in resolved
TRANSITIONS = {
    Action.WRITE:    {"bot": "bot",      "queued": "queued",   "assigned": "assigned", "resolved": "queued"},
    Action.HANDOFF:  {"bot": "queued"},
    Action.CLAIM:    {"bot": "assigned", "queued": "assigned"},
    Action.RELEASE:  {"assigned": "queued"},
    Action.TRANSFER: {"bot": "assigned", "queued": "assigned", "assigned": "assigned"},
    Action.RESOLVE:  {"bot": "resolved", "queued": "resolved", "assigned": "resolved"},
    Action.REOPEN:   {"resolved": "assigned"},
    Action.CONFIRM:  {"bot": "resolved", "resolved": "resolved"},
    Action.DENY:     {"bot": "queued", "resolved": "queued"},
    Action.RATE:     {"resolved": "resolved"},
    Action.URGE:     {"queued": "queued", "assigned": "assigned"},
}  # fmt: skip

FIRST = Status.QUEUED
OPEN = (Status.BOT, Status.QUEUED, Status.ASSIGNED)
EMPLOYEE_ACTIONS = (Action.WRITE, Action.HANDOFF, Action.CONFIRM, Action.DENY, Action.RATE, Action.URGE)
AGENT_ACTIONS = (Action.CLAIM, Action.RELEASE, Action.TRANSFER, Action.RESOLVE, Action.REOPEN)


def next_status(status, action):
    """The status after `action`, or None when the table does not allow it."""
    following = TRANSITIONS[action].get(str(status))
    return Status(following) if following else None


def actions_for(status):
    """The agent's actions that the table allows now, in the order of the buttons."""
    return [action for action in AGENT_ACTIONS if next_status(status, action)]
