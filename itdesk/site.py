"""Django's admin, opened by the role admin; its password form is the break-glass door and nothing else."""

from functools import update_wrapper

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.answers import answer

FAILURES = "5/15m"  # wrong passwords for one name from one address (RELIABILITY A10)
SESSION = 12 * 3600  # seconds a break-glass session lives


class DeskAdminSite(AdminSite):
    site_header = gettext_lazy("IT 服务台 · 管理后台")
    site_title = gettext_lazy("管理后台")
    index_title = gettext_lazy("管理")
    site_url = "/itportal/?choose=1"

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            return self._turned_away(request) or inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def index(self, request, extra_context=None):
        from wecom.client import trouble  # not before the apps are ready
        from wecom.leaving import held

        return super().index(request, {"trouble": trouble(), "held": held(), **(extra_context or {})})

    @method_decorator(sensitive_post_parameters())
    @login_not_required
    def login(self, request, extra_context=None):
        """The form, limited twice: by address, and by name and address once passwords were wrong."""
        if turned_away := self._turned_away(request):
            return turned_away
        if request.method != "POST":
            return super().login(request, extra_context)
        name = request.POST.get("username", "")[:64].lower()
        who = f"name:{name} {limits.person_or_address(request)}"
        seconds = limits.hit(request, "login", settings.RATE_LOGIN) or limits.wait(request, "password", FAILURES, who)
        if seconds:
            return limits.too_fast(request, seconds)
        response = super().login(request, extra_context)
        if request.user.is_authenticated:
            request.session.set_expiry(SESSION)
        else:
            limits.hit(request, "password", FAILURES, who)
        return response

    @method_decorator(require_POST)
    def logout(self, request, extra_context=None):
        end_session(request)
        return HttpResponse(status=303, headers={"Location": "/itportal/signed-out"})

    def _turned_away(self, request):
        """403 for who is signed in without the role; Django would show them the login form again and again."""
        if request.user.is_authenticated and not self.has_permission(request):
            return answer(request, 403, "forbidden", _("您没有打开管理后台的角色"))
        return None
