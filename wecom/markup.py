"""Reads WeCom's XML, and nothing that XML can do besides: no DTD, no entities, nothing from elsewhere (RELIABILITY C9)."""

import re
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

DEEPEST = 8  # levels; WeCom uses four
DECLARATION = re.compile(r"<!(?!\[CDATA\[)")
# XML forbids these even where a person's words stand, but nobody should lose a message for one: they are shown.
SHOWN = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)} | {0xFFFE: "□", 0xFFFF: "□"}


class Unreadable(ValueError):
    """Not the XML that WeCom writes. It never says what was found."""


def stranger_root(body):
    """The root of bytes that anybody may have sent. Raises Unreadable."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Unreadable from None
    if DECLARATION.search(text):
        raise Unreadable
    return _root(text)


def fields_of(plain):
    """The fields of bytes that WeCom has sealed: name → text, dict for a field with children, list for one that comes
    again inside of another. Raises Unreadable.

    A name that comes twice at the top is refused: if WeCom ever let a person's words close their own CDATA, they could
    name another sender behind them. Half a character, where somebody has cut by bytes, costs that character alone.
    """
    fields = {}
    for child in _root(plain.decode(errors="replace").translate(SHOWN)):
        if child.tag in fields:
            raise Unreadable
        fields[child.tag] = _value(child)
    return fields


def _root(text):
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable from None
    if root.tag != "xml":
        raise Unreadable
    return root


def _value(element, depth=1):
    if depth > DEEPEST:
        raise Unreadable
    children = {}
    for child in element:
        children.setdefault(child.tag, []).append(_value(child, depth + 1))
    if not children:
        return element.text or ""
    return {tag: values if len(values) > 1 else values[0] for tag, values in children.items()}
