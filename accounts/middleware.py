"""Every address asks for a signed-in person unless its view says otherwise, and for the person who wrote the page."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils.translation import gettext as _

from .answers import answer


class SignedIn(LoginRequiredMiddleware):
    """Pages are sent to the login; scripts and HTMX get 401, so that nothing typed is swapped away."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        # Open views first: a probe with a stale cookie must not ask the database who that was.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs) or _another_person(request)

    def handle_no_permission(self, request, view_func):
        accept = request.headers.get("Accept", "")
        page = "text/html" in accept and "application/json" not in accept and "HX-Request" not in request.headers
        if page and request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        return answer(request, 401, "not_signed_in", _("登录已过期，请重新登录"))


def _another_person(request):
    """A page says for whom it was made (`X-User-Id`). Another tab may have signed somebody else in since: with the new
    cookie this page's words would go out under that person's name, and this page would show that person's answers."""
    written_by = request.headers.get("X-User-Id")
    if written_by is None or written_by == str(request.user.pk):
        return None
    return answer(request, 401, "another_person", _("现在登录的是另一个人，请重新打开页面"))
