"""Addresses that open one file for one person for a few minutes, without a cookie.

The chat app's own viewers fetch a file by themselves and carry no cookie. The address says which file and who asked, is
signed, and opens nothing else; whether that person may still have the file is asked when it is used.
"""

from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User

from .attachments import visible

SALT = "conversations.file"
GOOD_FOR = 300  # seconds


class Expired(Exception):
    """Too old, changed on its way, or of another file."""


def signed_address(attachment, user):
    signed = signing.dumps([attachment.pk.hex, user.pk], salt=SALT)
    return f"{reverse('files:signed', args=[attachment.pk])}?{urlencode({'signed': signed})}"


def attachment_of(attachment_id, signed):
    """The attachment, or None when this person may not have it now. Raises Expired."""
    try:
        named, user_id = signing.loads(signed, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        raise Expired from None
    if named != attachment_id.hex:
        raise Expired
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return visible(user, attachment_id) if user else None
