"""How good the answers are: questions of people with the article that should answer, and others that none should.

A question counts for an article when the first hit, or one of three, is it; whether the provider would have answered at
all is counted apart, since a right article below its bounds is a refusal.
"""

from dataclasses import dataclass, field
from pathlib import Path

from knowledge.library import library

from .providers import knowledge
from .providers.answers import Question

QUESTIONS = Path(__file__).parent / "evaluation.txt"
NONE = "-"


@dataclass
class Result:
    """Counts. `answered_right` of `known`; `answered_wrong`: with another article; `refused`: known and not answered;
    `refused_right` of `unknown`."""

    known: int = 0
    first: int = 0
    among_three: int = 0
    answered_right: int = 0
    answered_wrong: int = 0
    refused: int = 0
    unknown: int = 0
    refused_right: int = 0
    missed: list = field(default_factory=list)


def read():
    """[(question, title of the expected article, or `-`)]"""
    title, found = NONE, []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            title = line[2:].strip()
        elif line.strip():
            found.append((line.strip(), title))
    return found


def evaluate(questions=None):
    """→ Result, over all questions or those given."""
    result, shelf = Result(), library()
    for words, title in questions or read():
        answer = knowledge.answer(Question(words))
        said = answer.sources[0].title if answer.sources else NONE
        if title == NONE:
            result.unknown += 1
            result.refused_right += said == NONE
        else:
            titles = [hit.entry.title for hit in shelf.find(words)]
            result.known += 1
            result.first += titles[:1] == [title]
            result.among_three += title in titles
            result.answered_right += said == title
            result.refused += said == NONE
            result.answered_wrong += said not in {title, NONE}
        if said != title:
            result.missed.append(f"{words}: {said} (expected {title})")
    return result
