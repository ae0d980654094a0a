"""The answer without a model: the passage of an article that knows most of the question, word for word.

It never writes a sentence of its own about IT, so it cannot be wrong about more than which passage helps. Both bounds
were set with `manage.py evaluate_assistant`: below them a wrong passage is likelier than a right one.
"""

from knowledge.library import library

from .answers import Answer, Source

LEAST_SHARE = 0.4  # of the question's weight that the article must know
LEAST_SCORE = 6.0
ALONE = 0.75  # a second article this close to the first is worth naming beside it


def answer(question):
    # What was said before explains "还是不行"; where the words speak for themselves it would only pull them back.
    hits = _good(question.words) or _good(" ".join((*question.earlier[-1:], question.words)))
    if not hits:
        return Answer()
    best, others = hits[0], hits[1:]
    source = Source(best.entry.id, best.entry.version, best.passage.number, best.entry.title, best.passage.text)
    related = tuple((each.entry.id, each.entry.title) for each in others if each.score >= ALONE * best.score)
    return Answer(best.passage.text, (source,), related)


def _good(words):
    hits = library().find(words, limit=3)
    return hits if hits and hits[0].share >= LEAST_SHARE and hits[0].score >= LEAST_SCORE else []
