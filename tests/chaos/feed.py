"""One thread as a page shows it: the rules of feed.js and chain.js, over messages instead of elements."""

import re
from dataclasses import dataclass

from .record import Shown

TOKEN = re.compile(r"#[a-z]+-\d{5}-[0-9a-f]{6}#")
VERSION = re.compile(r'data-version="(\d+)"')


def token_of(text):
    """The unique word of a message, wherever its text is shown; empty for a line of the system."""
    found = TOKEN.search(text)
    return found[0] if found else ""


@dataclass
class Line:
    """One message as it arrived, by frame or by HTTP."""

    id: str
    seq: int
    prev_seq: int
    client_id: str
    token: str
    version: int

    @classmethod
    def of_frame(cls, frame):
        html = frame["html"]
        version = int(VERSION.search(html)[1])
        return cls(frame["id"], frame["seq"], frame["prev_seq"], frame["client_id"], token_of(html), version)

    @classmethod
    def of_json(cls, message):
        kept = {name: message[name] for name in ("id", "seq", "prev_seq", "client_id", "version")}
        return cls(**kept, token=token_of(message["content"]))


class Feed:
    """`shown`: [Shown] from top to bottom. `end`: up to which seq everything is held. `clock()`: now."""

    def __init__(self, clock):
        self.clock = clock
        self.shown, self.contradictions = [], []
        self.end = self.version = self.asked_version = 0
        self._held, self._followers = {}, {}
        self._begun = False

    def place(self, line, via):
        """Replace what stands under the same seq or id, else insert by seq."""
        self._chain(line.seq, line.prev_seq)
        self.version = max(self.version, line.version)
        same = self._held.get(line.seq) or self._held.get(line.id)
        if same is None:
            self._insert(Shown(line.id, line.seq, line.token, self.clock(), via))
        elif (same.id, same.seq, same.token) != (line.id, line.seq, line.token):
            self.contradictions.append(f"{same.id} {same.seq} {same.token} is now {line.id} {line.seq} {line.token}")

    def _insert(self, shown):
        at = len(self.shown)
        while at and self.shown[at - 1].seq > shown.seq:
            at -= 1
        self.shown.insert(at, shown)
        self._held[shown.seq] = self._held[shown.id] = shown

    def _chain(self, seq, prev_seq):
        self._followers[prev_seq] = seq
        if not self._begun:
            # The first page may begin in the middle of a long thread; what lies before is asked for by `before=`.
            self._begun, self.end = True, seq
        while self.end in self._followers:
            self.end = self._followers.pop(self.end)
        if seq <= self.end:
            self._followers.pop(prev_seq, None)

    def begin_at_nothing(self):
        """An empty page holds nothing: the first message it hears of need not be the first there is."""
        self._begun = True

    @property
    def has_gap(self):
        return any(seq > self.end for seq in self._followers.values())

    def is_behind(self, seq, version):
        """Whether a `hello` or `beat` knows of more than is shown."""
        behind = seq > self.end or version > self.version
        self.version = max(self.version, version)
        return behind
