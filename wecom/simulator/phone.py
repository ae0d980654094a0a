"""A member's phone: the list of chats, the app's chat, and what the member does in it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import takes_files

from . import directory, hands, host_names, rules, words
from .chat import chat_of, newest, stamp_of
from .models import SimulatedMedia, SimulatedMessage

SHOWN_IN_PAGE = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4")


@login_not_required
@require_safe
def phone(request, userid):
    """The app's chat. `?plain`: without the list of other phones, for the page that shows it beside a console."""
    member = _member(userid)
    context = {
        "member": member,
        "chat": chat_of(member["userid"], request.get_host()),
        "departments": directory.by_department(directory.matching("")),
        "elsewhere": host_names.elsewhere(request),
        "plain": "plain" in request.GET,
        "links": words.LINKS,
        "places": words.PLACES,
        "iphone": rules.value("engine") == "iphone",
    }
    return render(request, "wecom/simulator/phone.html", context)


@login_not_required
@require_safe
def chats(request, userid):
    """The list of chats, as it stands behind the app's chat."""
    member = _member(userid)
    context = {
        "member": member,
        "newest": newest(member["userid"], request.get_host()),
        "plain": "plain" in request.GET,
    }
    return render(request, "wecom/simulator/chats.html", context)


@login_not_required
@require_safe
def chat(request, userid):
    """The chat alone, asked every second; 204 while nothing changed since `?after=`."""
    member = _member(userid)
    if request.GET.get("after") == stamp_of(member["userid"]):
        return HttpResponse(status=204)
    return _chat(request, member)


@takes_files
@login_not_required
@require_POST
def say(request, userid):
    """The member writes, sends a picture, a file, a place, a link, or opens the chat: `kind` says which."""
    member = _member(userid)
    try:
        hands.do(member["userid"], request.POST.get("kind", ""), request.POST, request.FILES)
    except hands.Nothing as reason:
        return HttpResponseBadRequest(str(reason))
    return _back(request, member)


@login_not_required
@require_POST
def tap(request, userid, message_id):
    """A button of a card."""
    member = _member(userid)
    message = get_object_or_404(SimulatedMessage, pk=message_id, userid=member["userid"].lower(), recalled_at=None)
    try:
        hands.tap(message, request.POST)
    except hands.Nothing as reason:
        return HttpResponseBadRequest(str(reason))
    return _back(request, member)


@login_not_required
@require_safe
def profile(request, userid):
    """The sheet that `openUserProfile` opens, with the member `?of=`."""
    _member(userid)
    member = _member(request.GET.get("of", ""))
    return render(request, "wecom/simulator/_profile.html", {"one": member})


@login_not_required
@require_safe
def media(request, media_id):
    """A file of a chat, for the phones that have it."""
    return _file(media_id)


@login_not_required
@require_safe
def picture(request, media_id):
    """What a callback's `PicUrl` points at: nobody promises that it opens."""
    if rules.value("pic_url") == "no":
        raise Http404
    return _file(media_id)


def _file(media_id):
    row = get_object_or_404(SimulatedMedia, media_id=media_id)
    shown = row.content_type in SHOWN_IN_PAGE
    return HttpResponse(
        bytes(row.content),
        content_type=row.content_type if shown else "application/octet-stream",
        headers={"Content-Disposition": content_disposition_header(not shown, row.name)},
    )


def _back(request, member):
    if "HX-Request" in request.headers:
        return _chat(request, member)
    return HttpResponseRedirect(reverse("simulator:phone", args=[member["userid"]]), status=303)


def _chat(request, member):
    shown = chat_of(member["userid"], request.get_host())
    return render(request, "wecom/simulator/_chat.html", {"member": member, "chat": shown})


def _member(userid):
    member = directory.member(userid)
    if member is None:
        raise Http404
    return {**member, "face": directory.face(member)}
