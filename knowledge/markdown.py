"""Markdown as HTML that may stand in our pages: no script, no style, nothing that is fetched from elsewhere.

The parser refuses raw HTML and unsafe schemes; the cleaner keeps only what is named here (RELIABILITY B11). Pictures are
dropped: one from another host would tell that host who reads, and ours are not part of articles yet.
"""

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h2", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
REACHED = {"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}}  # wide ones are scrolled, by keyboard as well
SCHEMES = {"http", "https", "mailto", "tel"}

_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"]).disable("image")
)


def html(content):
    """→ safe HTML. The largest heading is the page's own title, so those here begin one step below."""
    tokens = _parser.parse(content)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(4, max(2, int(token.tag[1])))}"
    raw = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(
        raw,
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=REACHED,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(cleaned)  # noqa: S308 (cleaned above)
