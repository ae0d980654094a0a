"""One access token for all workers, fetched by one of them at a time (RELIABILITY R7)."""

import time
from datetime import timedelta
from uuid import uuid4

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from .errors import SECRET_WRONG, WecomError, error_for
from .models import AccessToken

LEASE = timedelta(seconds=20)  # longer than the slowest gettoken: connect 3.05 s, read 10 s
PATIENCE = 2.0  # seconds that others wait for the one who fetches
PAUSE = 0.05
BLOCK = timedelta(minutes=10)
REFRESH_AT = 0.9  # of the token's life


class Tokens:
    """`fetch()` asks WeCom: → (token, seconds of life). All state is the row, so processes share it."""

    @sensitive_variables("secret")
    def __init__(self, key, secret, fetch):
        self.key = key
        # A corrected secret must not wait for the block that the wrong one earned, nor use its token.
        self.secret_digest = salted_hmac("wecom.secret", secret, algorithm="sha256").hexdigest()
        self.fetch = fetch

    def current(self):
        """A token that is good now. Raises WecomError."""
        deadline = time.monotonic() + PATIENCE
        while True:
            row, now = self.row(), timezone.now()
            if row.token and now < row.refresh_at:
                return row.token
            if _is_ahead(row.blocked_until, now, BLOCK):
                raise _blocked(row, now)
            owner = uuid4().hex
            if self._lease(row, owner, now):
                return self._refresh(owner)
            if row.token and now < row.expires_at:
                return row.token  # still good while a colleague fetches the next one
            if time.monotonic() > deadline:
                raise error_for("busy")
            time.sleep(PAUSE)

    def forget(self, token):
        """WeCom refused `token`: drop it, unless somebody has put a newer one there already."""
        self._rows().filter(token=token).update(token="", refresh_at=None, expires_at=None)

    def note(self, error=None):
        """Remember how the last call ended, for /readyz and the set-up page; writes only when that changes."""
        if error is None:
            self._rows().exclude(failing_since=None).update(failing_since=None, failing_code="", failing_ip=None)
            return
        code = str(error.code)[:16]
        changed = self._rows().exclude(failing_code=code, failing_since__isnull=False)
        changed.update(
            failing_since=Coalesce("failing_since", timezone.now()), failing_code=code, failing_ip=error.from_ip or None
        )

    def row(self):
        row, _ = AccessToken.objects.get_or_create(**self.key, defaults={"secret_digest": self.secret_digest})
        if row.secret_digest != self.secret_digest:
            fresh = AccessToken(pk=row.pk, **self.key, secret_digest=self.secret_digest)
            fresh.save(force_update=True)
            return fresh
        return row

    def _rows(self):
        return AccessToken.objects.filter(**self.key)

    def _lease(self, row, owner, now):
        # One conditional UPDATE: of all workers that see the lease free exactly one changes a row. What it read may be
        # old: who has fetched a token or found the secret wrong meanwhile has given the lease back.
        held, blocked = _ahead("lease_until", now, LEASE), _ahead("blocked_until", now, BLOCK)
        mine = self._rows().exclude(held).exclude(blocked).filter(token=row.token)
        return mine.update(lease_owner=owner, lease_until=now + LEASE) == 1

    @sensitive_variables()
    def renew(self):
        """Fetch a token now, however good the one is that lies here. Raises WecomError, and never in spite of a block:
        a secret that is wrong must not be tried again and again by somebody who presses a button.
        """
        row, now = self.row(), timezone.now()
        if _is_ahead(row.blocked_until, now, BLOCK):
            raise _blocked(row, now)
        owner = uuid4().hex
        return self._fetched(owner) if self._lease(row, owner, now) else self.current()

    @sensitive_variables()
    def _refresh(self, owner):
        row, now = self.row(), timezone.now()
        if row.token and now < row.refresh_at:  # a colleague finished between our look and our lease
            self._mine(owner).update(lease_until=None)
            return row.token
        try:
            return self._fetched(owner)
        except WecomError as error:
            if row.token and now < row.expires_at and error.code not in SECRET_WRONG:
                return row.token
            raise

    @sensitive_variables()
    def _fetched(self, owner):
        now = timezone.now()
        try:
            token, life = self.fetch()
        except WecomError as error:
            block = {"blocked_until": now + BLOCK, "blocked_code": error.code} if error.code in SECRET_WRONG else {}
            self._mine(owner).update(lease_until=None, **block)
            self.note(error)
            raise
        self._mine(owner).update(
            token=token,
            refresh_at=now + timedelta(seconds=life * REFRESH_AT),
            expires_at=now + timedelta(seconds=life),
            lease_until=None,
            blocked_until=None,
            blocked_code=None,
        )
        return token

    def _mine(self, owner):
        return self._rows().filter(lease_owner=owner)


def _is_ahead(moment, now, longest):
    """Whether `moment` is still to come; one that is too far off was written by a clock that has since jumped back."""
    return moment is not None and now < moment <= now + 2 * longest


def _ahead(field, now, longest):
    return Q(**{f"{field}__gt": now, f"{field}__lte": now + 2 * longest})


def _blocked(row, now):
    error = error_for(row.blocked_code)
    error.retry_after = max(1, int((row.blocked_until - now).total_seconds()))
    return error
