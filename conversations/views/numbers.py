"""Whole numbers that come in an address or a form."""

from django.utils.translation import gettext as _

from ..errors import Refused

# Larger than any seq or version, small enough for every database's integer.
LARGEST = 2_147_483_647


def whole_number(fields, name, *, required=False, largest=LARGEST):
    """`fields[name]` as an int from 0 to `largest`, or None when it is absent. Raises Refused."""
    raw = fields.get(name, "")
    if raw == "" and not required:
        return None
    if raw.isascii() and raw.isdigit() and len(raw) <= len(str(largest)) and int(raw) <= largest:
        return int(raw)
    raise Refused(_("%(name)s 必须是数字") % {"name": name}, code="bad_number")
