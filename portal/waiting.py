"""What waits behind a card, in a few words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from conversations.queries import inbox


def waiting_behind(code, user):
    """A short line for the card of this role; empty where there is nothing to say. At most one query."""
    if code == Role.AGENT:
        return _people_waiting(inbox.counts(user)["waiting"])
    return ""


def _people_waiting(number):
    if not number:
        return _("没有人在等")
    return ngettext("%(n)d 人等待", "%(n)d 人等待", number) % {"n": number}
