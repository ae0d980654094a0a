"""What a run prints: how much was asked of the stack, what broke, how fast it healed, and the counts that must be 0."""

from collections import Counter, defaultdict

from .record import ACKED, POSTPONED, REFUSED

HEAD = (
    "| strike | times | an answered try p99, s | answered again p95 / max, s | pages complete p95 / max, s |",
    "|---|---:|---:|---:|---:|",
)


def lines(record, verdict):
    """The report of one run as lines of text; a table in Markdown among them."""
    sent = Counter(each.outcome for each in record.sent)
    hits = [each for each in record.faults if each.hit]
    weather = sum(record.weather.values())
    return [
        f"stack {record.stack}, seed {record.seed}, {record.seconds:.0f} s",
        f"messages: {sent[ACKED]} acknowledged, {sent[REFUSED] + sent[POSTPONED]} refused as they should be, "
        f"{_taken_late(record)} of them taken late; "
        f"{sum(each.tries for each in record.sent)} tries; {sum(map(len, record.cards.values()))} cards",
        f"faults: {len(hits)} strikes of the nemesis, {weather} of the network"
        + (f"; {len(record.faults) - len(hits)} strikes found nobody" if len(hits) < len(record.faults) else ""),
        *[f"  network: {kind} {count}" for kind, count in sorted(record.weather.items())],
        *_strikes(record),
        f"moments at which a process was killed: {_moments(hits) or 'none'}",
        "",
        *_verdict(verdict),
    ]


def _taken_late(record):
    """How many were postponed, and came again out of the network when their request was open."""
    stored = {each.client_id for read in record.rooms.values() for each in read["agents"]}
    return sum(each.outcome == POSTPONED and each.client_id in stored for each in record.sent)


def _strikes(record):
    """Per kind: how often; how long an answered try took; and how long after the fault's end until the last writer
    had an answer and every page was complete."""
    found = defaultdict(list)
    for each in record.faults:
        if each.hit:
            found[each.kind].append(each)
    if not found:
        return []
    rows = ["", *HEAD]
    shown = _last_shown(record)
    for kind, faults in sorted(found.items()):
        took = [each for fault in faults for each in _tries_during(record, fault)]
        waited = [_answered_after(record, each) for each in faults]
        healed = [_healed_after(record, shown, each) for each in faults]
        rows.append(
            f"| {kind} | {len(faults)} | {part(took, 99):.2f} | {part(waited, 95):.1f} / {max(waited):.1f} "
            f"| {part(healed, 95):.1f} / {max(healed):.1f} |"
        )
    return [*rows, ""]


def _last_shown(record):
    """message id → when the last of the pages that may see it showed it."""
    last = {}
    for page in record.pages:
        for shown in page.shown.values():
            for each in shown:
                last[each.id] = max(each.at, last.get(each.id, 0))
    return last


def _tries_during(record, fault):
    """Seconds of each answered try that ended while the fault lasted, or within a second of it."""
    return [each.took for each in record.sent if each.outcome == ACKED and fault.began <= each.acked <= fault.ended + 1]


def _answered_after(record, fault):
    """Seconds from the fault's end until the last message that it held up was acknowledged."""
    hit = [each for each in record.sent if each.outcome == ACKED and each.began <= fault.ended <= each.acked]
    return max([0.0, *(each.acked - fault.ended for each in hit)])


def _healed_after(record, shown, fault):
    """Seconds from the fault's end, or the message's own acknowledgement, until every page showed what it hit."""
    during = [each for each in record.sent if each.outcome == ACKED and fault.began <= each.acked <= fault.ended + 1]
    return max([0.0, *(shown.get(each.id, 0) - max(fault.ended, each.acked) for each in during)])


def part(values, percent):
    """The value that `percent` of all do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0.0


def _moments(hits):
    killed = Counter(each.kind.partition(" ")[2] for each in hits if each.kind.startswith("kill_at"))
    return ", ".join(f"{moment} ×{count}" for moment, count in sorted(killed.items(), key=lambda one: int(one[0][1:])))


def _verdict(verdict):
    rows = [", ".join(f"{name.replace('_', ' ')} {count}" for name, count in verdict.counts.items())]
    for name, count in verdict.counts.items():
        found = getattr(verdict, name)
        rows += [f"  {name}: {line}" for line in found[:5]] + ([f"  … {count - 5} more"] if count > 5 else [])
    return [*rows, "NOTHING LOST, NOTHING TWICE" if verdict.good else "FAILED"]
