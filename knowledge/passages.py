"""An article in the pieces that an answer can cite."""

import re
from dataclasses import dataclass

LONGEST = 500  # characters
HEADING = re.compile(r"#{1,4}[^\S\n]+(?=[^\s])(.*)")


@dataclass(frozen=True)
class Passage:
    """`number` counts from 1 in its article and is the anchor on its page; `text` is a span of the article's content,
    to the character."""

    number: int
    heading: str
    text: str


def passages(content):
    """→ list of Passage: what stands under one heading, in pieces of at most some `LONGEST` characters."""
    found = []
    for heading, text in _sections(content):
        found += [Passage(len(found) + 1 + place, heading, piece) for place, piece in enumerate(_pieces(text))]
    return found


def _sections(content):
    """(heading, text below it) in order; the text before the first heading has none."""
    heading, lines, fenced = "", [], False
    for line in content.replace("\r\n", "\n").split("\n"):
        fenced ^= line.startswith("```")
        match = None if fenced else HEADING.match(line)
        if match:
            yield heading, "\n".join(lines)
            heading, lines = match[1].rstrip().rstrip("#").rstrip(), []
        else:
            lines.append(line)
    yield heading, "\n".join(lines)


def _pieces(text):
    """Whole paragraphs together while they fit; a paragraph that does not fit stays one piece."""
    piece = ""
    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        if not paragraph.strip():
            continue
        if piece and len(piece) + len(paragraph) > LONGEST:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph}" if piece else paragraph
    if piece:
        yield piece
