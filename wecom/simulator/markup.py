"""The little markup that WeCom draws: colours of a text card, links of a text, a handful of Markdown.

All functions give pieces, `{"tone", "text", "link"}`, which the template escapes: no HTML is made here.
"""

import re

COLOURED = re.compile(r"<div class=\"(gray|normal|highlight)\">(.*?)</div>", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、）]+")
ANCHOR = re.compile(r"<a\s+href=[\"']([^\"'<>]*)[\"'][^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
MARKED = re.compile(
    r"\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s]+)\)"
    r"|<font color=\"(?P<colour>info|comment|warning)\">(?P<coloured>.*?)</font>"
)
HEADING = re.compile(r"(#{1,6})\s+(.*)")


def coloured(text):
    """A text card's description."""
    # A div begins and ends a line by itself.
    parts = [part.strip("\n") for part in COLOURED.split(text.replace("<br>", "\n"))]
    # split() gives: plain, tone, coloured, plain, tone, coloured, … plain
    pieces = [_piece(parts[0])]
    for tone, inside, plain in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pieces += [_piece(inside, tone), _piece(plain)]
    return [piece for piece in pieces if piece["text"]]


def text(content, open_at):
    """A text message: → [one paragraph]; its links work when `open_at(url)` is given."""
    if open_at is None:
        return [{"shape": "", "pieces": [_piece(content)]}]
    parts, pieces = ANCHOR.split(content), []
    for number in range(0, len(parts), 3):
        pieces += _addresses(parts[number], open_at)
        if number + 2 < len(parts):
            pieces.append({"tone": "", "text": parts[number + 2], "link": open_at(parts[number + 1])})
    return [{"shape": "", "pieces": [piece for piece in pieces if piece["text"]]}]


def markdown(content, open_at):
    """→ paragraphs `{"shape": "" | "heading" | "quote", "pieces"}`."""
    paragraphs = []
    for line in content.split("\n"):
        heading, quote = HEADING.fullmatch(line), line.startswith(">")
        shape = "heading" if heading else "quote" if quote else ""
        inside = heading[2] if heading else line[1:].lstrip() if quote else line
        paragraphs.append({"shape": shape, "pieces": _marked(inside, open_at)})
    return paragraphs


def plain(content):
    """One line of words for a preview."""
    stripped = ANCHOR.sub(r"\2", content)
    return re.sub(r"[#>*`]+|<[^>]+>", "", stripped).strip().split("\n")[0][:60]


def _addresses(words, open_at):
    """A bare address is a link, as in every chat."""
    pieces, end = [], 0
    for found in ADDRESS.finditer(words):
        link = {"tone": "", "text": found[0], "link": open_at(found[0])}
        pieces += [_piece(words[end : found.start()]), link]
        end = found.end()
    return [*pieces, _piece(words[end:])]


def _marked(line, open_at):
    pieces, end = [], 0
    for found in MARKED.finditer(line):
        pieces.append(_piece(line[end : found.start()]))
        end = found.end()
        if found["label"]:
            pieces.append({"tone": "", "text": found["label"], "link": open_at(found["url"])})
        elif found["colour"]:
            pieces.append(_piece(found["coloured"], found["colour"]))
        else:
            pieces.append(_piece(found["bold"] or found["code"], "bold" if found["bold"] else "code"))
    pieces.append(_piece(line[end:]))
    return [piece for piece in pieces if piece["text"]]


def _piece(words, tone=""):
    return {"tone": tone, "text": words, "link": None}
