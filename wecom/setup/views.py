"""The administrators' set-up page. It shows at once; its steps are tested one after another by requests of their own, so
that a WeCom that does not answer costs each the client's time limit and the page nothing.
"""

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.limits import limited

from ..client import trouble
from . import checks
from .forms import OwnershipForm
from .outcome import Subject
from .steps import STEPS, step


def for_administrators(view):
    return admin.site.admin_view(view)


@for_administrators
@require_GET
def page(request):
    context = {**admin.site.each_context(request), "title": _("企业微信设置"), "steps": STEPS, "trouble": trouble()}
    return render(request, "admin/wecom/setup.html", context)


@for_administrators
@require_GET
def tested(request, slug):
    """One step, tested now, as a fragment."""
    found = step(slug)
    if found is None:
        raise Http404
    return _outcomes(request, found.slug, list(found.check(_subject(request))))


@for_administrators
@require_POST
@limited("action", "RATE_ACTION")
def message(request):
    """One message to who presses the button, as a fragment."""
    return _outcomes(request, "message", [checks.message(_subject(request))])


@for_administrators
@require_POST
def ownership_file(request):
    form = OwnershipForm(request.POST, request.FILES)
    if form.is_valid():
        messages.success(request, _("归属文件已就位：%s") % f"{settings.SITE_URL}/{form.save().name}")
    else:
        messages.error(request, form.errors["file"][0])
    return HttpResponseRedirect(f"{reverse('setup:page')}#domain", status=303)


def _outcomes(request, slug, outcomes):
    return render(request, "admin/wecom/_outcomes.html", {"slug": slug, "outcomes": outcomes})


def _subject(request):
    is_member = bool(settings.WECOM_CORP_ID) and request.user.corp_id == settings.WECOM_CORP_ID
    return Subject(request.user.userid if is_member else "", request.get_host())
