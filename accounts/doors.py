"""The door of a page: who does not hold its role is told so, and shown the way to the places that are theirs."""

from functools import wraps
from inspect import iscoroutinefunction

from django.utils.translation import gettext as _

from .answers import answer


def role_required(*codes):
    """View decorator: without one of these roles (`Role.AGENT` …) 403, as JSON, a fragment or a page.

    Who is not signed in never comes this far: `accounts.middleware.SignedIn` stands before every view.
    """

    def decorate(view):
        if iscoroutinefunction(view):
            raise TypeError(f"{view.__qualname__}: role_required is for sync views; it asks the database")

        @wraps(view)
        def guarded(request, *args, **kwargs):
            # Asked on every request, so that a role taken away ends the page on the next click (RELIABILITY A11).
            if not getattr(request.user, "role_codes", frozenset()).isdisjoint(codes):
                return view(request, *args, **kwargs)
            return answer(request, 403, "forbidden", _("您没有打开这个页面的角色，需要时请找管理员开通"))

        return guarded

    return decorate


def takes_files(view):
    """Outermost decorator of a view to which a message's files may be posted: the server lets it have larger bodies than
    the rest (itdesk/wire.py), which are cut before one byte of them is kept."""
    view.takes_files = True
    return view
