"""Prepares a desk that was just installed."""

from django.db import transaction

from ..defaults import CANNED_REPLIES, CATEGORIES, GREETING, GREETING_EN
from ..models import CannedReply, Category, DeskWords


def init_desk():
    """Fill a desk that was never filled. Returns whether it did.

    The row of the desk's words, which nobody can delete, is the memory of it: what an administrator changed or deleted
    later stays so. All in one transaction, so a crash leaves either everything or nothing.
    """
    with transaction.atomic():
        _, first_time = DeskWords.objects.get_or_create(
            pk=1, defaults={"greeting": GREETING, "greeting_en": GREETING_EN}
        )
        if first_time:
            _fill(Category, [{"code": code, "name": name} for code, name in CATEGORIES], "code")
            replies = [{"shortcut": key, "title": title, "content": text} for key, title, text in CANNED_REPLIES]
            _fill(CannedReply, replies, "shortcut")
    return first_time


def _fill(model, rows, key):
    # An administrator may have begun before us, by hand: their row of the same name wins.
    taken = set(model.objects.values_list(key, flat=True))
    model.objects.bulk_create(
        model(**row, position=10 * number) for number, row in enumerate(rows, start=1) if row[key] not in taken
    )
