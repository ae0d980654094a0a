"""Turns one way back from WeCom into one session, however often and in whatever order the browser calls (A1, A2)."""

import hashlib
import logging
import time
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import signals
from accounts.models import User

from . import people
from .addresses import is_in_wecom
from .client import Client
from .errors import CODE_SPENT, WecomError
from .models import CodeExchange, Milestone

SIGNED_IN, SPENT, UNAVAILABLE, REUSED, CANCELLED = "signed_in", "spent", "unavailable", "reused", "cancelled"
BACKEND = "accounts.backends.WecomBackend"
KEEP = timedelta(minutes=10)  # as long as an attempt lives: later the state itself is refused
PATIENCE = 25.0  # seconds a duplicate waits for the one that talks to WeCom
PAUSE = 0.05

logger = logging.getLogger(__name__)


def come_back(request, attempt, code):
    """Sign in with `code`. Returns an outcome: SIGNED_IN (request.session is it), one of the words above, or the kind
    of a Refusal. A duplicate of the same browser gets the same outcome and the same session.
    """
    row, first = _claim(attempt.state, code)
    if row is None:
        return REUSED
    if first:
        return _exchange(request, row, code)
    return _join(request, row)


def cancel(attempt):
    """Came back without a code: the state is spent all the same."""
    _claim(attempt.state, None)


def _claim(state, code):
    """(row, whether we are the first), or (None, False) when state and code do not belong together."""
    digests = {"state_digest": _digest(state), "code_digest": _digest(code) if code else None}
    CodeExchange.objects.filter(created_at__lt=timezone.now() - 2 * KEEP).delete()
    try:
        with transaction.atomic():
            return CodeExchange.objects.create(**digests), True
    except IntegrityError:
        return CodeExchange.objects.filter(**digests).exclude(code_digest=None).first(), False


def _exchange(request, row, code):
    try:
        user = people.admit(Client(), code)
    except people.Refusal as refusal:
        row.outcome = refusal.kind
    except WecomError as error:
        row.outcome = SPENT if error.code in CODE_SPENT else UNAVAILABLE
    except Exception:
        row.outcome = UNAVAILABLE  # whoever waits for us must not wait for nothing
        row.save(update_fields=["outcome"])
        raise
    else:
        _open_session(request, user)
        row.outcome, row.session_key = SIGNED_IN, request.session.session_key
        Milestone.reached(Milestone.Name.IN_APP_LOGIN if is_in_wecom(request) else Milestone.Name.WEB_LOGIN)
    row.save(update_fields=["outcome", "session_key"])
    return row.outcome


def _open_session(request, user):
    """A new key and nothing of what lay in the session before (A6); saved now, because duplicates look for it."""
    before, old_key = request.session.get(SESSION_KEY), request.session.session_key
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session["signed_in_at"] = int(time.time())
    # A moment, not an age: no later save of the session makes it live longer (A8).
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session.save()
    if before:
        signals.signed_out.send_robust(User, user_id=int(before), session_key=old_key)


def _join(request, row):
    deadline = time.monotonic() + PATIENCE
    while not row.outcome and time.monotonic() < deadline:
        time.sleep(PAUSE)
        row.refresh_from_db()
    if row.outcome != SIGNED_IN:
        return row.outcome or UNAVAILABLE
    session = import_module(settings.SESSION_ENGINE).SessionStore(row.session_key)
    if not session.get(SESSION_KEY):
        return REUSED  # signed out since: the back button must not sign in again
    request.session = session
    request.session.modified = True  # so that this browser is given the cookie of that one session
    return SIGNED_IN


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
