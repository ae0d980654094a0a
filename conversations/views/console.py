"""What the templates of the agent console are filled with."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import access
from ..file_kinds import EXTENSIONS
from ..presentation import draft_json, message_html
from ..queries import inbox
from ..queries.drafts import own_drafts
from ..queries.reading import read_seqs
from ..states import Action, actions_for
from .shared_strings import shared_strings
from .strings import console_strings

NOBODY = uuid.UUID(int=0)

VIEW_NAMES = {
    inbox.WAITING: gettext_lazy("待接"),
    inbox.MINE: gettext_lazy("我的"),
    inbox.ALL: gettext_lazy("全部"),
    inbox.RESOLVED: gettext_lazy("已解决"),
}


@dataclass(frozen=True)
class Button:
    """How an action looks in the thread's header. `key` is the letter that presses it while no field has focus."""

    action: Action
    key: str
    style: str = "button--quiet"

    @property
    def url_name(self):
        return f"agent:{self.action.value}"

    @property
    def opens_popup(self):
        return self.action == Action.TRANSFER

    @property
    def moves_on(self):
        """Whether the next conversation opens afterwards. What the agent saw last then decides (`version`):
        nobody ends what they have not read."""
        return self.action == Action.RESOLVE


BUTTONS = {
    Action.CLAIM: Button(Action.CLAIM, "C", "button--primary"),
    Action.RELEASE: Button(Action.RELEASE, "Q"),
    Action.TRANSFER: Button(Action.TRANSFER, "T"),
    Action.RESOLVE: Button(Action.RESOLVE, "E"),
    Action.REOPEN: Button(Action.REOPEN, "O", "button--primary"),
}


def view_name(view):
    return VIEW_NAMES[view]


def named_view(request):
    """The view that the page shows; an unknown name falls back to the waiting, as a page must show something."""
    view = request.POST.get("view") or request.GET.get("view")
    return view if view in inbox.VIEWS else inbox.WAITING


def console_context(request, history=None, point=None):
    """The whole page: rail, list, and the thread of `history` (a queries.history.Page) when one is open, at `point`."""
    view = named_view(request)
    q = request.GET.get("q", "")
    return {
        "view": view,
        "view_name": view_name(view),
        "views": list(VIEW_NAMES.items()),
        "q": q,
        "page": inbox.inbox_page(request.user, view, q=q),
        "counts": inbox.counts(request.user),
        "strings": {"shared": shared_strings(), "console": console_strings()},
        "keys": key_sheet(),
        "client_id": uuid.uuid4(),
        "draft_url": reverse("agent:draft", args=[NOBODY]),
        "drafts": [draft_json(each) for each in own_drafts(request.user, access.AGENTS)],
        "max_chars": settings.MESSAGE_MAX_CHARS,
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
        "file_extensions": ",".join(EXTENSIONS),
        **(thread_context(request, history, point) if history else {}),
    }


def thread_context(request, history, point=None):
    """The open conversation: header and bubbles; `point`: the seq of the message that a link points at."""
    return {
        **header_context(history.conversation),
        "view": named_view(request),
        "point": point,
        "read": read_seqs(history.conversation.pk, user=request.user, audience=access.AGENTS),
        "bubbles": [message_html(message, access.AGENTS) for message in history.messages],
    }


def header_context(conversation):
    buttons = [BUTTONS[action] for action in actions_for(conversation.status)]
    return {"conversation": conversation, "buttons": buttons}


def key_sheet():
    """Every key and what it does, for the sheet behind `?`."""
    moves = [("J", _("下一个")), ("K", _("上一个")), ("Enter", _("打开")), ("Esc", _("返回"))]
    writing = [("R", _("回复")), ("N", _("内部备注")), ("/", _("常用语"))]
    writing += [("1 2 3", _("插入文章")), ("Ctrl Enter", _("发送"))]
    doing = [(button.key, button.action.label) for button in BUTTONS.values()]
    doing.append(("Z", _("撤销")))
    return [
        (_("移动"), [*moves, ("?", _("快捷键"))]),
        (_("书写"), writing),
        (_("处理"), doing),
    ]
