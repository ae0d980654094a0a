"""What waits behind a card, in a few words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from conversations.queries import inbox


@dataclass(frozen=True)
class Waiting:
    """`words` for the card; `busy` when somebody is really waiting for this person."""

    words: str
    busy: bool


def waiting_behind(code, user):
    """What the card of this role says below its purpose, or None. At most one query."""
    if code == Role.AGENT:
        return _people(inbox.counts(user)["waiting"])
    return None


def _people(number):
    if not number:
        return Waiting(_("没有人在等"), busy=False)
    return Waiting(ngettext("%(n)d 人等待", "%(n)d 人等待", number) % {"n": number}, busy=True)
