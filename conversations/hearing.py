"""In which languages anybody listens: rendering is a third of what a send costs, so what nobody hears is not rendered.

Without Redis this process knows all its listeners, and exactly: a page joins, then reads (ARCHITECTURE 1.7), so what was
rendered without its language had been committed before it read. With Redis the processes tell each other. Who is told
of a listener too late sends the first language alone, and the hub shows that rather than nothing.
"""

import time
import uuid
from collections import Counter

from django.conf import settings

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
GOOD_FOR = 75.0  # seconds that another process is believed; it says it anew with each beat
PROCESS = uuid.uuid4().hex


class Hearing:
    """Changed on the loop, asked by any thread."""

    def __init__(self):
        self._here = Counter()  # (audience, language) → sockets of this process
        self._elsewhere = {}  # process → ({(audience, language)}, good until)
        self._told = frozenset()
        self._ready_at = None

    def begin(self):
        """A hub runs here: what the others hear is known once each had the time to say it."""
        self._ready_at = time.monotonic() + GOOD_FOR

    def arrive(self, socket):
        """→ whether this is the first of its kind here, so that the others should know"""
        self._here[socket.audience, socket.language] += 1
        return self._here[socket.audience, socket.language] == 1

    def leave(self, socket):
        kind = (socket.audience, socket.language)
        self._here[kind] -= 1
        if not self._here[kind]:
            del self._here[kind]

    def frame(self):
        """What the others should know, as a part of a frame."""
        return {"process": PROCESS, "kinds": [list(kind) for kind in self._here]}

    def heard(self, told):
        """What another process says. What another build says in another way is skipped, and its event goes on."""
        now = time.monotonic()
        try:
            self._elsewhere[told["process"]] = (frozenset(map(tuple, told["kinds"])), now + GOOD_FOR)
        except (KeyError, TypeError):
            return
        self._elsewhere = {name: each for name, each in self._elsewhere.items() if each[1] > now}
        self._told = frozenset().union(*(kinds for kinds, _until in self._elsewhere.values()))

    def languages(self, audience):
        """The languages to render for, in the order of the settings."""
        if not settings.REDIS_URL:
            return [code for code in LANGUAGES if (audience, code) in self._here]
        if self._ready_at is None or time.monotonic() < self._ready_at:
            return LANGUAGES
        told = self._told
        return [code for code in LANGUAGES if code == LANGUAGES[0] or (audience, code) in told]


hearing = Hearing()


def text_for(language, texts):
    """The text in this language, or where it is not among them in whatever there is."""
    return texts[language] if language in texts else next(iter(texts.values()))
