"""Compares what was acknowledged, what is stored and what was shown. `judge(record)` → Verdict; every count must be 0.

python -m tests.chaos.checker FOLDER        judge the kept history of an earlier run
"""

import sys
from collections import Counter
from dataclasses import dataclass, field, fields

from . import record as records
from .record import ACKED, OPEN, POSTPONED, REFUSED

PROMPT = (
    5.0  # seconds for a send while only the layer is broken: less than a blocked layer takes, more than a busy machine
)


@dataclass
class Verdict:
    """One list of readable lines for each way to fail.

    lost: acknowledged, not stored as it was written. phantom: stored, never sent or refused. duplicated: stored or
    shown twice. out_of_order: numbers, or the order of one writer, disagree. missing: a page does not show what is
    stored. late: a page needed longer than `patience` after the last fault. leaked: seen by whom it is not for.
    unpushed, pushed_twice: cards of absent employees. unsent: still without an answer when everything had healed.
    failed: refused, or kept waiting, by what a send must never depend on (CONTRACT 5.4).
    """

    lost: list = field(default_factory=list)
    phantom: list = field(default_factory=list)
    duplicated: list = field(default_factory=list)
    out_of_order: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    late: list = field(default_factory=list)
    leaked: list = field(default_factory=list)
    unpushed: list = field(default_factory=list)
    pushed_twice: list = field(default_factory=list)
    unsent: list = field(default_factory=list)
    failed: list = field(default_factory=list)

    @property
    def counts(self):
        return {each.name: len(getattr(self, each.name)) for each in fields(self)}

    @property
    def good(self):
        return not any(self.counts.values())


def judge(record, patience=None):
    """`patience`: seconds after `quiet_at` within which every page must be complete; None: only completeness counts."""
    verdict = Verdict()
    _stored_against_sent(record, verdict)
    for room, read in record.rooms.items():
        _numbers(room, read, verdict)
    _writers_order(record, verdict)
    for page in record.pages:
        for room, shown in page.shown.items():
            _page(page, room, shown, record.rooms[room][page.audience], verdict)
        verdict.leaked += [f"{page.name}: {each}" for each in page.foreign]
        verdict.out_of_order += [f"{page.name}: {each}" for each in page.contradictions]
    if patience is not None:
        _in_time(record, patience, verdict)
    verdict.leaked += record.opened
    _cards(record, verdict)
    verdict.unsent += [_named(each) for each in record.sent if each.outcome == OPEN]
    if record.must_answer:
        verdict.failed += [f"{_named(each)}: {each.failures}" for each in record.sent if each.failures]
        verdict.failed += [f"{_named(each)}: {each.took:.1f} s" for each in record.sent if each.took > PROMPT]
    return verdict


def _named(sent):
    return f"{sent.token} of {sent.who} in {sent.room} after {sent.tries} tries"


def _stored_against_sent(record, verdict):
    stored = [(room, each) for room, read in record.rooms.items() for each in read["agents"]]
    by_id = {each.id: (room, each) for room, each in stored}
    sent = {each.client_id: each for each in record.sent}
    for each in record.sent:
        if each.outcome == ACKED:
            verdict.lost += _how_lost(each, by_id.get(each.id))
    for room, each in stored:
        if each.sender_type == "system":
            continue
        known = sent.get(each.client_id)
        if known is None or known.outcome == REFUSED or known.room != room or known.token != each.token:
            verdict.phantom.append(f"{each.token or each.id} stored in {room}, never written so")
    verdict.duplicated += _twice("stored client_id", [each.client_id for _, each in stored])
    verdict.duplicated += _twice("stored", [each.token for _, each in stored if each.token])


def _how_lost(sent, found):
    room, stored = found or ("", None)
    if stored is None:
        return [f"{_named(sent)} was acknowledged and is not stored"]
    if (room, stored.token, stored.internal) != (sent.room, sent.token, sent.internal):
        return [f"{_named(sent)} is stored as {stored.token} in {room}, internal={stored.internal}"]
    if stored.seq != sent.seq:
        return [f"{_named(sent)} was acknowledged as {sent.seq} and is {stored.seq}"]
    if sent.file and sent.file not in stored.files:
        return [f"{_named(sent)}: its file is not there as it was sent"]
    return []


def _twice(what, values):
    return [f"{what} {value}: {count} times" for value, count in Counter(values).items() if count > 1]


def _numbers(room, read, verdict):
    """seq counts 1, 2, 3 … for agents; each audience's prev_seq is the number before, as that audience counts."""
    everything, public = read["agents"], read["employee"]
    if [each.seq for each in everything] != list(range(1, len(everything) + 1)):
        verdict.out_of_order.append(f"{room}: numbers with a gap: {[each.seq for each in everything]}")
    if [each.id for each in public] != [each.id for each in everything if not each.internal]:
        notes = {each.id for each in everything if each.internal}
        told = [each for each in public if each.id in notes or each.internal]
        verdict.leaked += [f"{room}: note {each.seq} read by the employee" for each in told]
        if not told:
            verdict.out_of_order.append(f"{room}: the employee reads other messages than the agents")
    for messages in (everything, public):
        before = 0
        for each in messages:
            if each.prev_seq != before:
                verdict.out_of_order.append(f"{room}: {each.seq} names {each.prev_seq} as before it, not {before}")
            before = each.seq


def _writers_order(record, verdict):
    """A writer's outbox sends one after the other, so their messages stand in the order in which they wrote. It does not
    wait for what was postponed."""
    places = {each.client_id: each.seq for read in record.rooms.values() for each in read["agents"]}
    last = {}
    for each in sorted(record.sent, key=lambda one: (one.who, one.number)):
        place, key = places.get(each.client_id), (each.who, each.room)
        if place is None or each.outcome == POSTPONED:
            continue
        if place < last.get(key, 0):
            verdict.out_of_order.append(f"{_named(each)} stands at {place}, before what was written earlier")
        last[key] = place


def _page(page, room, shown, stored, verdict):
    where = f"{page.name} in {room}"
    right = {each.id: each for each in stored}
    seen = [each.id for each in shown]
    verdict.missing += [f"{where}: {right[one].seq} {right[one].token}" for one in right if one not in set(seen)]
    verdict.duplicated += _twice(f"{where}: shown", seen)
    verdict.duplicated += _twice(f"{where}: shown", [each.token for each in shown if each.token])
    for each in shown:
        if each.id not in right:
            verdict.leaked.append(f"{where}: {each.seq} {each.token} is shown and not theirs to read")
        elif (each.seq, each.token) != (right[each.id].seq, right[each.id].token):
            verdict.out_of_order.append(f"{where}: {each.token} at {each.seq}, stored at {right[each.id].seq}")
    if [each.seq for each in shown] != sorted(each.seq for each in shown):
        verdict.out_of_order.append(f"{where}: shown in the order {[each.seq for each in shown]}")


def _in_time(record, patience, verdict):
    """From when it was acknowledged, or from when the last fault was over.

    The last words of a thread met pages at the door. Where no frame was lost, none of them may need the beat to tell
    them: a page that joins only after it has read the numbers does, and the beat hides it within 25 s.
    """
    last_words = {each.id for each in record.sent if each.acked > record.quiet_at}
    due = {each.id: max(each.acked, record.quiet_at) + patience for each in record.sent if each.outcome == ACKED}
    for page in record.pages:
        for room, shown in page.shown.items():
            for each in shown:
                if each.at > due.get(each.id, each.at):
                    took = each.at - due[each.id] + patience
                    verdict.late.append(f"{page.name} in {room}: {each.token} after {took:.1f} s")
                elif record.all_frames and each.via == "beat" and each.id in last_words:
                    verdict.late.append(f"{page.name} in {room}: {each.token} was told by the beat alone")


def _cards(record, verdict):
    told = {userid: [each for card in cards for each in _told(record, *card)] for userid, cards in record.cards.items()}
    for each in record.sent:
        if not each.away:
            continue
        count = told.get(each.away, []).count(each.token)
        if each.internal and count:
            verdict.leaked.append(f"{_named(each)}: a note on the phone of {each.away}")
        elif each.outcome == ACKED and not each.internal and not count:
            verdict.unpushed.append(f"{_named(each)}: no card for {each.away}")
        elif count > 1:
            verdict.pushed_twice.append(f"{_named(each)}: {count} cards for {each.away}")


def _told(record, token, count):
    """The tokens that a card tells of: its last line's, and those of the answers that stand right before it."""
    for read in record.rooms.values():
        answers = [each.token for each in read["agents"] if each.sender_type == "agent" and not each.internal]
        if token in answers:
            return answers[: answers.index(token) + 1][-count:]
    return [token]


if __name__ == "__main__":
    found = judge(records.read(sys.argv[1]))
    for name, count in found.counts.items():
        print(f"{name:14}{count:6}", *getattr(found, name)[:20], sep="\n    " if count else "")
    sys.exit(0 if found.good else 1)
