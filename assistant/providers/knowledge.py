"""The answer without a model: the passage of an article that knows most of the question, word for word.

It never writes a sentence of its own about IT, so it cannot be wrong about more than which passage helps. The bounds were
set with `manage.py evaluate_assistant`: between them an article is named, and not said to be the answer.
"""

from django.conf import settings

from knowledge.library import library

from .answers import Answer, Source

LEAST_SHARE = 0.3  # of the question's weight that the article must know
NEAR_SHARE = 0.2
ALONE = 0.75  # a second article this close to the first is worth naming beside it


def answer(question):
    # What was said before explains "还是不行"; where the words speak for themselves it would only pull them back.
    hits = _good(question.words) or _good(" ".join((*question.earlier[-1:], question.words)))
    if not hits:
        near = [each for each in library().find(question.words, limit=2) if each.share >= NEAR_SHARE]
        return Answer(related=_named(near))
    best, others = hits[0], hits[1:]
    if len(best.passage.text) > settings.MESSAGE_MAX_CHARS:  # nobody may say so much at once
        return Answer(related=_named(hits))
    source = Source(best.entry.id, best.entry.version, best.passage.number, best.entry.title, best.passage.text)
    return Answer(best.passage.text, (source,), _named(each for each in others if each.score >= ALONE * best.score))


def _good(words):
    hits = library().find(words, limit=3)
    return hits if hits and hits[0].share >= LEAST_SHARE else []


def _named(hits):
    return tuple((each.entry.id, each.entry.title) for each in hits)
