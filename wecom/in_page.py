"""What our pages ask for while they stand inside WeCom; each answer is JSON, for nobody's cache."""

from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import limits
from accounts.answers import answer
from accounts.doors import role_required
from accounts.models import Role
from conversations.errors import Refused
from conversations.wording import checked_client_id

from . import js_sdk, pictures, profiles
from .errors import WecomError
from .models import PhonePicture
from .tickets import APP, CORP, Ticket

KINDS = {CORP, APP}


@never_cache
@require_POST
@role_required(Role.USER, Role.AGENT)
@limits.limited("js_sdk", "RATE_ACTION")
def signature(request):
    """Sign the address `url` of a page of ours; `kind`: corp (default) or app. `refused`: the `timestamp` of a signature
    of before that WeCom's client did not take."""
    kind = request.POST.get("kind", CORP)
    if kind not in KINDS:
        return answer(request, 422, "bad_kind", _("没有这种签名"))
    if not settings.WECOM_CORP_ID:
        return answer(request, 503, "wecom_off", _("还没有连接企业微信"))
    try:
        if moment := _moment(request.POST.get("refused", "")):
            Ticket(kind).refused(moment)
        made = js_sdk.signed(request.POST.get("url", ""), own=js_sdk.own_addresses(request), kind=kind)
    except js_sdk.ForeignAddress:
        return answer(request, 422, "foreign_address", _("只能为服务台自己的页面签名"))
    except WecomError:
        return answer(request, 503, "wecom_unavailable", _("企业微信暂时没有回应"))
    return JsonResponse(
        {
            "corp_id": settings.WECOM_CORP_ID,
            "agent_id": settings.WECOM_AGENT_ID,
            "timestamp": made.timestamp,
            "nonce": made.nonce,
            "signature": made.digest,
        }
    )


def _moment(text):
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None


@never_cache
@require_GET
@role_required(Role.USER, Role.AGENT)
def profile(request):
    """Whose profile WeCom shall open: the agent who wrote `message`, or who has `conversation`. `{"userid"}`."""
    try:
        userid = profiles.userid_of(request.user, **{
            name: request.GET[name] for name in ("message", "conversation") if name in request.GET
        })  # fmt: skip
    except (ValidationError, ValueError):
        userid = None
    if userid is None:
        return answer(request, 404, "not_found", _("没有找到这位客服"))
    return JsonResponse({"userid": userid})


@never_cache
@require_POST
@role_required(Role.USER, Role.AGENT)
def begin_picture(request):
    """Fetch the picture `media_id` for this person; `upload_id`: the page's name for it, and the staged file's."""
    media_id = request.POST.get("media_id", "")
    try:
        picture_id = checked_client_id(request.POST.get("upload_id"), "upload_id")
    except Refused as error:
        return answer(request, error.status, error.code, error.reason)
    if not pictures.MEDIA_ID.fullmatch(media_id):
        return answer(request, 422, "bad_media_id", _("没有取到图片，请用“图片”按钮再选一次"))
    if seconds := limits.hit(request, "upload", settings.RATE_UPLOAD):
        return limits.too_fast(request, seconds)
    try:
        picture = pictures.begin(owner=request.user, picture_id=picture_id, media_id=media_id)
    except pictures.Taken:
        return _no_picture(request)
    return _as_json(picture, 202)


@never_cache
@require_GET
@role_required(Role.USER, Role.AGENT)
def picture(request, picture_id):
    """How far it is: `state` waiting, stored (under /attachments/ID) or failed, then with a `reason` for people."""
    found = PhonePicture.objects.filter(pk=picture_id, owner=request.user).first()
    return _as_json(found) if found else _no_picture(request)


def _no_picture(request):
    return answer(request, 404, "not_found", _("没有找到这张图片"))


def _as_json(picture, status=200):
    failed = picture.state == PhonePicture.State.FAILED
    reason = _("没有取到图片，请用“图片”按钮再选一次") if failed else ""
    facts = {"upload_id": str(picture.pk), "state": picture.state, "reason": reason}
    return JsonResponse(facts, status=status)
