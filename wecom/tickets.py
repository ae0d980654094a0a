"""One JS-SDK ticket of a kind for all workers, fetched by one of them at a time, as `tokens.py` does it.

WeCom gives 400 an hour to a corp and 100 to an app (WECOM 1), so neither an outage nor a page that keeps failing may
make this ask again and again.
"""

import time
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .client import Client
from .errors import WecomError, error_for
from .models import JsTicket

CORP, APP = "corp", "app"
LEASE = timedelta(seconds=60)  # longer than a ticket that needs a new access token first
PATIENCE = 2.0  # seconds that others wait for the one who fetches
PAUSE = 0.05
REFRESH_AT = 0.9  # of the ticket's life
REST = 10  # seconds after a failure in which nobody asks again, unless WeCom names more
LONGEST_REST = 600
NO_NEWER_WITHIN = timedelta(minutes=5)


class Ticket:
    """`Ticket(CORP).current()`. All state is the row, so processes share it."""

    def __init__(self, kind):
        self.key = {
            "corp_id": settings.WECOM_CORP_ID,
            "agent_id": settings.WECOM_AGENT_ID,
            "base": settings.WECOM_API_BASE,
            "kind": kind,
        }
        self.fetch = {CORP: Client.jsapi_ticket, APP: Client.agent_ticket}[kind]

    @sensitive_variables()
    def current(self):
        """A ticket that is good now. Raises WecomError."""
        deadline = time.monotonic() + PATIENCE
        while True:
            (row, _made), now = JsTicket.objects.get_or_create(**self.key), timezone.now()
            if row.ticket and now < row.refresh_at:
                return row.ticket
            owner = uuid4().hex
            if self._lease(row, owner, now):
                return self._refresh(owner)
            if row.ticket and now < row.expires_at:
                return row.ticket  # still good while a colleague fetches the next one
            resting = not row.lease_owner and row.lease_until is not None and now < row.lease_until
            if resting or time.monotonic() > deadline:
                raise error_for("busy")
            time.sleep(PAUSE)

    def refused(self, signed_at):
        """WeCom's client refused what was signed at `signed_at` (40093, 42012): fetch anew, unless that was done since.

        The page says so, and a page may say anything: it costs one ticket in five minutes at most.
        """
        before = min(signed_at, timezone.now() - NO_NEWER_WITHIN)
        self._rows().filter(fetched_at__lt=before).update(ticket="", refresh_at=None, expires_at=None)

    def _rows(self):
        return JsTicket.objects.filter(**self.key)

    def _lease(self, row, owner, now):
        # One conditional UPDATE: of all workers that see the lease free exactly one changes a row.
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self._rows().filter(free, ticket=row.ticket).update(lease_owner=owner, lease_until=now + LEASE) == 1

    @sensitive_variables()
    def _refresh(self, owner):
        mine, row, now = self._rows().filter(lease_owner=owner), self._rows().get(), timezone.now()
        if row.ticket and now < row.refresh_at:  # a colleague finished between our look and our lease
            mine.update(lease_owner="", lease_until=None)
            return row.ticket
        try:
            ticket, life = self.fetch(Client())
        except WecomError as error:
            rest = timedelta(seconds=min(error.retry_after or REST, LONGEST_REST))
            mine.update(lease_owner="", lease_until=timezone.now() + rest)
            if row.ticket and now < row.expires_at:
                return row.ticket
            raise
        mine.update(
            ticket=ticket,
            fetched_at=now,
            refresh_at=now + timedelta(seconds=life * REFRESH_AT),
            expires_at=now + timedelta(seconds=life),
            lease_owner="",
            lease_until=None,
        )
        return ticket
