"""The XML that WeCom posts, written by hand as WeCom's own is: CDATA for texts, bare numbers."""

NESTED_END = "]]]]><![CDATA[>"  # a text that holds "]]>" must not end its own CDATA


def element(name, value):
    """`value`: text, a number, or a list of finished elements."""
    if isinstance(value, list):
        return f"<{name}>{''.join(value)}</{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{value.replace(']]>', NESTED_END)}]]></{name}>"


def document(fields):
    """`fields`: dict, in the order of the elements."""
    return element("xml", [element(name, value) for name, value in fields.items()])
