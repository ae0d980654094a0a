"""All that may be found now, in the memory of this process: some thousand articles are a few megabytes.

Ranked by BM25 over terms of titles, keywords and passages. The same answers on every database, because none is asked
but for the articles themselves, and those only when one of them changed.
"""

import math
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from .models import Article
from .passages import Passage, passages
from .terms import normal, terms

K1, B = 1.4, 0.6
TITLE, KEYWORDS, HEADING = 4, 3, 2  # times that a term there counts

_lock = threading.Lock()
_kept = (None, None)


@dataclass(frozen=True)
class Entry:
    """One article as it is found. `text`: all its words, normalised, for the search by a phrase."""

    id: int
    version: int
    title: str
    topic: str
    audience: str
    passages: tuple[Passage, ...]
    text: str


@dataclass(frozen=True)
class Hit:
    """`passage` answers best within `entry`. `score`: BM25; `share`: how much of the question's weight it knows, 0 to 1."""

    entry: Entry
    passage: Passage
    score: float
    share: float


class Library:
    def __init__(self, entries, keywords):
        self.entries = entries
        self.by_id = {each.id: each for each in entries}
        self._articles = [_article_terms(each, keywords[each.id]) for each in entries]
        self._lengths = [counted.total() for counted in self._articles]
        self._length = sum(self._lengths) / max(1, len(entries))
        self._holders = defaultdict(list)  # term → places of the articles that know it
        for place, counted in enumerate(self._articles):
            for term in counted:
                self._holders[term].append(place)

    def find(self, question, *, for_agents=False, limit=3):
        """→ [Hit], best first; none of what knows no word of the question."""
        asked = list(dict.fromkeys(terms(question)))
        scores = Counter()
        for term in asked:
            for place in self._holders.get(term, ()):
                scores[place] += self._weight(term) * self._part(place, term)
        total = sum(map(self._weight, asked)) or 1
        hits = []
        for place, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])):
            entry = self.entries[place]
            if _may_read(entry, for_agents):
                known = sum(self._weight(term) for term in asked if term in self._articles[place])
                hits.append(Hit(entry, self._best_passage(entry, asked), score, known / total))
            if len(hits) == limit:
                break
        return hits

    def holding(self, phrase, *, for_agents=False):
        """→ [Entry] whose words hold `phrase` as it stands, in the order of the list."""
        wanted = normal(phrase).strip()
        return [each for each in self.entries if wanted in each.text and _may_read(each, for_agents)]

    def _weight(self, term):
        """How much a term says: those that few articles know say most."""
        holders = len(self._holders.get(term, ()))
        return math.log(1 + (len(self.entries) - holders + 0.5) / (holders + 0.5))

    def _part(self, place, term):
        often = self._articles[place][term]
        length = 1 - B + B * self._lengths[place] / self._length
        return often * (K1 + 1) / (often + K1 * length)

    def _best_passage(self, entry, asked):
        def worth(passage):
            known = Counter(terms(f"{passage.heading}\n{passage.text}"))
            return sum(self._weight(term) for term in asked if term in known)

        return max(entry.passages, key=lambda passage: (worth(passage), -passage.number))


def library():
    """What may be found at this moment. One small question to the database, the articles themselves only when needed."""
    global _kept  # noqa: PLW0603
    stamp = _stamp()
    if _kept[0] != stamp:
        with _lock:
            if _kept[0] != stamp:
                _kept = (stamp, _read())
    return _kept[1]


def shown(today):
    """Published and not expired on `today`."""
    return Article.objects.filter(state=Article.State.PUBLISHED).filter(Q(expires_on=None) | Q(expires_on__gt=today))


def _stamp():
    # Versions are summed because two changes may carry one time: a clock that was put back must not hide one.
    numbers = Article.objects.aggregate(Count("pk"), Max("updated_at"), Sum("version"))
    return timezone.localdate(), *numbers.values()


def _read():
    articles = list(shown(timezone.localdate()).select_related("topic"))
    return Library([_entry(each) for each in articles], {each.pk: each.keywords for each in articles})


def _entry(article):
    found = tuple(passages(article.content)) or (Passage(1, "", article.title),)
    text = normal(f"{article.title}\n{article.keywords}\n{article.content}")
    return Entry(article.pk, article.version, article.title, article.topic.name, article.audience, found, text)


def _article_terms(entry, keywords):
    counted = Counter()
    for text, times in ((entry.title, TITLE), (keywords, KEYWORDS)):
        for term in terms(text):
            counted[term] += times
    for passage in entry.passages:
        counted.update(terms(passage.text))
        for term in terms(passage.heading):
            counted[term] += HEADING
    return counted


def _may_read(entry, for_agents):
    return for_agents or entry.audience == Article.Audience.EVERYONE
