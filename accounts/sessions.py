"""Who stands behind a session: what Django asks for one request, asked at once for many sockets."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

KEY = re.compile(r"[a-z0-9]{32}")  # as Django makes them


@dataclass(frozen=True)
class Claim:
    """What a living session says: whose it is, and what it was made with."""

    user_id: int
    made_with: str

    def fits(self, user):
        """Whether the session still holds for its person: not after a new `session_epoch` or password. One that was
        made under a former secret key does; its next request renews it (as `django.contrib.auth.get_user`)."""
        good = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
        return any(constant_time_compare(self.made_with, each) for each in good)


def claims_of(session_keys):
    """`{session key: Claim}` for those of these keys that live and were signed in by a way that still stands. One query.

    Nothing is written, whatever a session says: that is for requests.
    """
    # PostgreSQL takes no NUL: one made-up cookie would fail the question of everybody who asks with it.
    possible = [each for each in session_keys if KEY.fullmatch(each)]
    living = Session.objects.filter(session_key__in=possible, expire_date__gt=timezone.now())
    said = {each.session_key: each.get_decoded() for each in living}
    return {
        key: Claim(int(data[SESSION_KEY]), data.get(HASH_SESSION_KEY, ""))
        for key, data in said.items()
        if SESSION_KEY in data and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    }
