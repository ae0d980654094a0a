"""What a run leaves behind, and all that the checker may look at. Times are seconds since the run began."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

# Postponed: refused because of the state its request was in (409). Its author may send it again under the same id, so a
# copy that the network kept may still be taken, once; what was refused for what it is (422) never.
ACKED, REFUSED, POSTPONED, OPEN = "acknowledged", "refused", "postponed", "open"


@dataclass
class Sent:
    """One message that somebody wrote.

    `number` counts what this person wrote, in order. `away`: its employee has no page open and must get a card. `file`:
    digest of the attached file. `took`: seconds of the try that was answered. `failures`: statuses of 500 and above
    that were answered before.
    """

    who: str
    number: int
    room: str
    client_id: str
    token: str
    internal: bool = False
    away: str = ""
    file: str = ""
    outcome: str = OPEN
    id: str = ""
    seq: int = 0
    tries: int = 0
    began: float = 0.0
    acked: float = 0.0
    took: float = 0.0
    failures: list = field(default_factory=list)


@dataclass
class Stored:
    """One message as the final read by HTTP found it."""

    id: str
    seq: int
    prev_seq: int
    client_id: str
    sender_type: str
    token: str
    internal: bool = False
    files: list = field(default_factory=list)


@dataclass
class Shown:
    """One message as a page shows it. `via`: what brought it: load, frame, hello, gap, beat or poll."""

    id: str
    seq: int
    token: str
    at: float
    via: str = ""


@dataclass
class PageRecord:
    """`shown`: room → [Shown] from top to bottom. `foreign`: whatever came that was not for this person's eyes.
    `contradictions`: the same place told with another message, or the other way round."""

    name: str
    audience: str
    shown: dict = field(default_factory=dict)
    foreign: list = field(default_factory=list)
    contradictions: list = field(default_factory=list)


@dataclass
class Fault:
    kind: str
    began: float
    ended: float
    hit: bool = True
    note: str = ""


@dataclass
class Record:
    """`rooms`: room → {"agents": [Stored], "employee": [Stored]}. `cards`: userid → [[token of its last line, how many
    messages it tells of] of each card on the phone].

    `opened`: doors that were tried and should have been closed. `quiet_at`: when senders and faults had ended.
    `must_answer`: nothing was broken that a send may wait for. `all_frames`: nothing was broken that a frame may be lost by.
    """

    seed: int
    stack: str
    sent: list = field(default_factory=list)
    rooms: dict = field(default_factory=dict)
    pages: list = field(default_factory=list)
    cards: dict = field(default_factory=dict)
    opened: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    weather: dict = field(default_factory=dict)
    must_answer: bool = False
    all_frames: bool = False
    quiet_at: float = 0.0
    seconds: float = 0.0

    def write(self, folder):
        Path(folder, "record.json").write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")


def read(folder):
    """The record that `write` left in `folder`."""
    raw = json.loads(Path(folder, "record.json").read_text(encoding="utf-8"))
    raw["sent"] = [Sent(**each) for each in raw["sent"]]
    raw["faults"] = [Fault(**each) for each in raw["faults"]]
    raw["rooms"] = {
        room: {audience: [Stored(**each) for each in found] for audience, found in read.items()}
        for room, read in raw["rooms"].items()
    }
    for page in raw["pages"]:
        page["shown"] = {room: [Shown(**each) for each in found] for room, found in page["shown"].items()}
    raw["pages"] = [PageRecord(**each) for each in raw["pages"]]
    return Record(**raw)


class Clock:
    """Seconds since the run began, by the clock that never jumps."""

    def __init__(self):
        self._start = time.monotonic()

    def __call__(self):
        return time.monotonic() - self._start
