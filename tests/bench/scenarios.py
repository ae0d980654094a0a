"""What is measured. Each scenario prints its rounds and its table, and answers `{(scenario, setup, stand): figures}`."""

from contextlib import ExitStack, contextmanager

from .rounds import interleaved, round_of
from .setups import SETUPS
from .standing import grown
from .table import show

MANY = 2000
STEADY = {"listeners": 50, "senders": 4, "rate": 20}
OVERLOAD_SENDERS, OVERLOAD_SECONDS = 20, 10
SPEED = [
    "msg/s", "send ms p50", "send ms p95", "send ms p99", "delivery ms p50", "delivery ms p95", "delivery ms p99",
    "delivery ms max", "CPU µs per delivery", "CPU µs per frame", "server busy", "lost", "doubled", "out_of_order", "closed",
]  # fmt: skip
CONNECT = ["connects per s", "connect CPU ms"]


@contextmanager
def running(setup, only=None, **how):
    with ExitStack() as stack:
        stands = [stand for stand in SETUPS[setup](**how) if only is None or stand.name in only]
        yield [stack.enter_context(stand) for stand in stands]


def fanout(options):
    """N listeners, 4 senders in a closed loop: as fast as it goes."""
    load = {"listeners": options.listeners, "senders": 4, "seconds": options.seconds}
    return _compared("fanout", options, options.setups, SPEED, load)


def many(options):
    """The same with 2,000 listeners: the cost of one delivery must not grow with their number."""
    load = {"listeners": MANY, "senders": 4, "seconds": options.seconds}
    return _compared("many", options, options.setups[:1], SPEED, load, only={"floor", "desk"}, agents=MANY)


def steady(options):
    """50 listeners, 20 messages a second: what people feel on an ordinary day."""
    return _compared("steady", options, options.setups, SPEED, {**STEADY, "seconds": options.seconds})


def connect(options):
    """Sockets a second, until each has heard `hello`; the floor's are anonymous."""
    load = {"listeners": options.listeners, "senders": 1, "seconds": 0.1}
    return _compared("connect", options, options.setups, CONNECT, load)


def memory(options):
    """KiB that an idle socket adds to its server."""
    found = {}
    for setup in options.setups[:1]:
        with running(setup, agents=MANY) as stands:
            # On fresh processes, and only once: what was freed by an earlier round would hide what a socket needs.
            for stand in stands:
                found["memory", setup, stand.name] = grown(stand, options.listeners)
        show(f"memory, {setup}", found, list(next(iter(found.values()))))
    return found


def overload(options):
    """Twice what it can carry, for ten seconds: everything must be there ten seconds later."""
    found = {}
    for setup in options.setups[:1]:
        with running(setup, only={"floor", "desk"}) as stands:
            for stand in stands:
                calm = round_of(stand, listeners=options.listeners, senders=4, seconds=options.seconds)
                load = {"senders": OVERLOAD_SENDERS, "seconds": OVERLOAD_SECONDS, "rate": 2 * calm["msg/s"]}
                found["overload", setup, stand.name] = round_of(stand, listeners=options.listeners, **load)
        show(f"overload, {setup}", found, ["messages", "all there s", *SPEED])
    return found


def _compared(name, options, setups, rows, load, only=None, **how):
    found = {}
    for setup in setups:
        print(f"{name}, {setup}: {load}", flush=True)
        with running(setup, only, **how) as stands:
            for stand, figures in interleaved(stands, options.rounds, **load).items():
                found[name, setup, stand] = figures
        show(f"{name}, {setup}", {key: each for key, each in found.items() if key[1] == setup}, rows)
    return found


SCENARIOS = {
    "fanout": fanout,
    "many": many,
    "steady": steady,
    "connect": connect,
    "memory": memory,
    "overload": overload,
}
