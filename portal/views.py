"""The portal: one role goes straight to its place, several show cards, none says whom to ask."""

from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .places import BY_CODE, places_of
from .waiting import waiting_behind

LAST_PLACE = "place"  # cookie: the code of the card chosen last; nothing secret, nothing trusted
YEAR = 365 * 24 * 3600  # seconds


@require_safe
def home(request):
    """Cards, or straight on with one role; `?choose=1` always shows the cards."""
    places = places_of(request.user)
    if len(places) == 1 and "choose" not in request.GET:
        return redirect(places[0].url)
    last = request.COOKIES.get(LAST_PLACE)
    cards = [
        {"place": place, "waiting": waiting_behind(place.code, request.user), "last": place.code == last}
        for place in places
    ]
    return render(request, "portal/home.html", {"cards": cards})


@require_safe
def go(request, code):
    """Through a card: remember the choice in this browser, then on. A place that is not mine leads back."""
    if not request.user.has_role(code):
        return redirect("portal:home")
    response = redirect(BY_CODE[code].url)
    response.set_cookie(LAST_PLACE, code, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
@require_POST
def logout(request):
    """End this session; its sockets close within 5 s (`accounts.signals.signed_out`)."""
    end_session(request)
    return HttpResponse(status=303, headers={"Location": reverse("portal:signed_out")})


@login_not_required
@require_safe
def signed_out(request):
    """A page that stays: going on to the login at once would sign in again inside WeCom."""
    return render(request, "portal/signed_out.html")


@login_not_required
@require_safe
def roles(request):
    """`{"roles": [{"code", "name", "url"}]}` (CONTRACT 2); 401 JSON when not signed in, whoever asks and however."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "not_signed_in", "reason": _("请先登录")}, status=401)
    held = request.user.grants.filter(revoked_at=None).select_related("role").order_by("role")
    found = [
        {"code": grant.role.code, "name": grant.role.name, "url": BY_CODE[grant.role.code].url}
        for grant in held
        if grant.role.code in BY_CODE
    ]
    return JsonResponse({"roles": found})
