"""What every provider takes and gives."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """`words`: what the employee wrote, masked already; `earlier`: their words before it in this turn, oldest first."""

    words: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A passage that an answer rests on. `quote` must stand in that version of the article to the character."""

    article: int
    version: int
    passage: int
    title: str
    quote: str


@dataclass(frozen=True)
class Answer:
    """`content`: Markdown, empty when nothing was found; `sources`: what it rests on, the best first; `related`: articles
    that may help besides, as (id, title)."""

    content: str = ""
    sources: tuple[Source, ...] = ()
    related: tuple[tuple[int, str], ...] = field(default=())


class ProviderError(Exception):
    """No answer. `permanent`: asking again would end the same way."""

    def __init__(self, reason, permanent=False):
        super().__init__(reason)
        self.permanent = permanent
