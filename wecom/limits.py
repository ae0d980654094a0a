"""Waiting out a frequency limit of WeCom, together: one worker that was told so is enough for all of them."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from .errors import error_for
from .models import ApiLimit

# Seconds: first pause, longest pause. WeCom does not say which window was hit (minute, hour or day), so it doubles.
USUAL = (60, 900)
GETTOKEN = (600, 3600)  # there it means that our address is blocked for an hour (WECOM 1)


class Limits:
    """`key` names the app and the base address. All state is rows, so processes share it."""

    def __init__(self, key):
        self.key = key

    def check(self, api):
        """Raises WecomError 45009 while `api` has to wait."""
        row, now = ApiLimit.objects.filter(**self.key, api=api).first(), timezone.now()
        if row and _lasts(row, now):
            error = error_for(45009)
            error.retry_after = max(1, int((row.until - now).total_seconds()))
            raise error

    def hit(self, api):
        """WeCom has just answered 45009 to `api`."""
        first, longest = GETTOKEN if api == "gettoken" else USUAL
        now = timezone.now()
        row = ApiLimit.objects.filter(**self.key, api=api).first()
        if row is None:
            self._begin(api, now, first)
            return
        again = now < row.until + timedelta(seconds=row.seconds)
        seconds = min(row.seconds * 2, longest) if again else first
        if _lasts(row, now):
            return  # a call that was on its way when a colleague was told so
        # `until=row.until`: eight calls that were on their way together are one hit, not eight doublings.
        ApiLimit.objects.filter(pk=row.pk, until=row.until).update(
            seconds=seconds, until=now + timedelta(seconds=seconds)
        )

    def _begin(self, api, now, seconds):
        try:
            with transaction.atomic():
                ApiLimit.objects.create(**self.key, api=api, until=now + timedelta(seconds=seconds), seconds=seconds)
        except IntegrityError:
            pass  # a colleague was told the same at the same moment


def _lasts(row, now):
    """Whether the pause is still on; an end too far off was written by a clock that has since jumped back."""
    return now < row.until <= now + timedelta(seconds=2 * row.seconds)
