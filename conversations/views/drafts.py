"""What somebody has begun to write: asked and saved by the pages of its author, always as JSON."""

from django.http import JsonResponse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import role_required
from accounts.limits import limited
from accounts.models import Role

from ..access import AGENTS, EMPLOYEE
from ..commands.drafts import Begun, save_draft
from ..errors import Refused, Stale
from ..presentation import draft_json
from ..queries.drafts import own_draft, own_drafts
from ..wording import checked_client_id
from .answers import refusal
from .flags import flag
from .numbers import whole_number


@require_http_methods(["GET", "POST"])
@role_required(Role.USER)
@limited("draft", "RATE_DRAFT")
def new_request(request):
    """What the employee has begun to say before there is a conversation."""
    return _draft(request, EMPLOYEE, None)


@require_http_methods(["GET", "POST"])
@role_required(Role.USER)
@limited("draft", "RATE_DRAFT")
def own_request(request, conversation_id):
    """What the employee has begun to say in one of their requests."""
    return _draft(request, EMPLOYEE, conversation_id)


@require_http_methods(["GET", "POST"])
@role_required(Role.AGENT)
@limited("draft", "RATE_DRAFT")
def answer(request, conversation_id):
    """The answer or note that this agent has begun."""
    return _draft(request, AGENTS, conversation_id)


@require_GET
@role_required(Role.AGENT)
def begun_answers(request):
    """The beginnings of all that this agent has begun; another agent's are nobody's business."""
    return JsonResponse({"drafts": [draft_json(each) for each in own_drafts(request.user, AGENTS)]})


def named_draft(fields):
    """The draft that a message says it was made of, or None. Nonsense is no reason to hold up the message."""
    if "draft_id" not in fields:
        return None
    try:
        revision = whole_number(fields, "draft_revision", required=True)
        return Begun(checked_client_id(fields["draft_id"]), revision, flag(fields, "draft_new"))
    except Refused:
        return None


def _draft(request, audience, conversation_id):
    try:
        if request.method == "GET":
            return JsonResponse(draft_json(own_draft(request.user, audience, conversation_id), whole=True))
        return JsonResponse(draft_json(_saved(request, audience, conversation_id), whole=True))
    except Stale as error:
        present = draft_json(error.draft, whole=True)
        return JsonResponse({"error": error.code, "reason": error.reason, "draft": present}, status=error.status)
    except Refused as error:
        return refusal(request, error, audience)


def _saved(request, audience, conversation_id):
    return save_draft(
        author=request.user,
        audience=audience,
        conversation_id=conversation_id,
        draft_id=request.POST.get("draft_id"),
        step=whole_number(request.POST, "step", required=True),
        base=whole_number(request.POST, "base", required=True),
        content=request.POST.get("content", ""),
        internal=audience == AGENTS and flag(request.POST, "internal"),
        based_on_seq=whole_number(request.POST, "based_on_seq"),
    )
