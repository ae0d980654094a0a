"""Yes or no in a form."""

from django.utils.translation import gettext as _

from ..errors import Refused

YES = {"true", "1", "on", "yes"}
NO = {"", "false", "0", "off", "no"}


def flag(fields, name):
    """Whether `fields[name]` says yes; absent is no. Raises Refused for anything else: a note must never become public
    because a program spelled `internal` in its own way."""
    raw = fields.get(name, "").strip().lower()
    if raw in YES or raw in NO:
        return raw in YES
    raise Refused(_("%(name)s 只能是 true 或 false") % {"name": name}, code="bad_flag")
