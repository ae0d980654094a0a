"""Turns the words of a message into harmless HTML: escaped, links clickable, code and log lines in monospace."""

import re

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

FENCE_OPENS = re.compile(r"^```[^\n`]*\n", re.MULTILINE)
FENCE_CLOSES = re.compile(r"^```[ \t]*$", re.MULTILINE)
# Only these two schemes ever become a link. Chinese punctuation ends an address: people write “见 https://x/y。”
ADDRESS = re.compile(r"https?://[^\s<>\"'，。；：！？、（）《》【】“”‘’]+", re.IGNORECASE)
TRAILING = ".,;:!?)]}"
LOG_LINE = re.compile(
    r"^\s*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d|\[?\d\d:\d\d:\d\d|(ERROR|WARN(ING)?|INFO|DEBUG|FATAL)\b|Traceback |File \"|at [\w.$]+\(|"
    r"[A-Z]:\\[^>\n]*>|[$#] \S|(Reply|Request|Ping|来自) .*(time|时间|timed out))"
)
MIN_LOG_LINES = 2
# Marks that turn the reading direction round can make one text look like another (CVE-2021-42574); they are shown.
DIRECTION_MARKS = {
    ord(char): f"⟦U+{ord(char):04X}⟧" for char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
}
CONTROL_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}


def body_html(content):
    """Safe HTML of a message's words. Nothing a person wrote is ever markup."""
    content = content.translate(CONTROL_PICTURES).translate(DIRECTION_MARKS)
    parts, end = [], 0
    for opens, closes in _fences(content):
        parts += _paragraphs(content[end : opens.start()].strip("\n"))
        parts.append(_code(content[opens.end() : closes.start()].removesuffix("\n")))
        end = closes.end()
    parts += _paragraphs(content[end:].strip("\n"))
    return mark_safe("".join(parts))  # noqa: S308 — every piece was escaped by _code or _linked


def _fences(content):
    """Pairs of the lines that open and close a block of code. Not one pattern: that would look for the end again from
    every line that begins one, 0.2 s for 8,000 characters, in every page that shows the message."""
    end = 0
    while opens := FENCE_OPENS.search(content, end):
        closes = FENCE_CLOSES.search(content, opens.end())
        if closes is None:
            return
        yield opens, closes
        end = closes.end()


def _paragraphs(text):
    """Runs of log lines as code, the rest as text."""
    pieces, run, is_log = [], [], False
    for line in text.split("\n") if text else []:
        if run and bool(LOG_LINE.match(line)) != is_log:
            pieces.append((is_log, run))
            run = []
        is_log = bool(LOG_LINE.match(line))
        run.append(line)
    if run:
        pieces.append((is_log, run))
    return [_code("\n".join(run)) if log and len(run) >= MIN_LOG_LINES else _words(run) for log, run in pieces]


def _words(lines):
    return f'<p class="words" dir="auto">{_linked(chr(10).join(lines))}</p>'


def _code(text):
    label = escape(_("复制"))
    return (
        f'<div class="code" dir="ltr"><pre tabindex="0"><code>{escape(text)}</code></pre>'
        f'<button type="button" class="code__copy" data-copy>{label}</button></div>'
    )


def _linked(text):
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        address = found.group().rstrip(TRAILING)
        parts.append(escape(text[end : found.start()]))
        safe = escape(address)
        parts.append(f'<a href="{safe}" target="_blank" rel="noopener noreferrer nofollow">{safe}</a>')
        end = found.start() + len(address)
    return "".join(parts) + escape(text[end:])
