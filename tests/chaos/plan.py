"""What will break, in which order: made from the seed and the stack alone, so that a seed is a whole run.

`plan(stack, groups, steps, seed)` → [Step]. Each kind that a group names comes up once before any comes up twice.
"""

from dataclasses import dataclass
from itertools import zip_longest
from random import Random

# group → the strikes that belong to it: (method of Strikes or Outages, arguments)
WEB_MOMENTS = ("m1", "m2", "m3", "m4", "m7", "m8", "m9", "m10")
JOB_MOMENTS = ("m5", "m6")
GROUPS = {
    "sockets": [("cut_some", {}), ("cut_all", {}), ("refuse_sockets", {"seconds": 5}),
                ("refuse_sockets", {"seconds": 30}), ("deafen", {"seconds": 3}),
                ("late_to_the_door", {}), ("reload", {})],
    "layer": [("arm", {"moment": "layer", "action": "raise*8"}), ("arm", {"moment": "layer", "action": "full*8"}),
              ("arm", {"moment": "layer", "action": "block:8*2"}), ("arm", {"moment": "m3", "action": "raise*3"})],
    "errors": [("arm", {"moment": moment, "action": "raise"}) for moment in ("m1", "m2", "m4", "m5", "m9", "m10")],
    "moments": [("kill_at", {"moment": moment}) for moment in WEB_MOMENTS],
    "jobs": [("kill_at", {"moment": moment}) for moment in JOB_MOMENTS],
    "web": [("kill_web", {}), ("kill_web", {})],
    "term": [("restart_web", {})],
    "lock": [("hold_lock", {"seconds": 2}), ("hold_lock", {"seconds": 10}), ("hold_lock", {"seconds": 22})],
    "worker": [("kill_worker", {}), ("restart_worker", {})],
    "redis": [("kill_redis", {"seconds": 1}), ("flush_redis", {}), ("freeze_redis", {"seconds": 4}), ("cut_redis", {}),
              ("freeze_redis", {"seconds": 20}), ("kill_redis", {"seconds": 8})],
    "wecom": [("wecom_fails", {"switch": "down", "seconds": 3}), ("wecom_fails", {"switch": "busy", "seconds": 2}),
              ("wecom_fails", {"switch": "stale_once", "seconds": 0}), ("wecom_fails", {"switch": "slow", "seconds": 13})],
    "postgres": [("restart_postgres", {"seconds": 1}), ("restart_postgres", {"seconds": 20}),
                 ("cut_postgres", {}), ("cut_postgres_at", {"moment": "m1"}),
                 ("cut_postgres_at", {"moment": "m2"}), ("cut_postgres_at", {"moment": "m4"})],
}  # fmt: skip
BOTH = ("sockets", "layer", "errors", "moments", "jobs", "wecom", "web", "term")
OF_STACK = {"embedded": (*BOTH, "lock"), "grown": (*BOTH, "worker", "redis", "postgres")}
# Strikes that take no process down are cheap, and people meet them every day.
OFTEN = {"sockets": 6, "layer": 3, "errors": 3}


QUICK = 5  # seconds


@dataclass(frozen=True)
class Step:
    """`name`: the strike; `pause`: seconds of peace before it."""

    number: int
    group: str
    name: str
    arguments: dict
    pause: float


def plan(stack, groups, steps, seed, pause, *, patient):
    """`groups`: names of GROUPS, or empty for all of this stack. `pause`: seconds between two strikes, on average.
    Not `patient`: strikes of more than a few seconds are left out."""
    chance = Random(f"{seed} {stack} plan")
    chosen = [group for group in OF_STACK[stack] if not groups or group in groups]
    strikes = {group: [(group, *each) for each in GROUPS[group] if patient or _quick(each)] for group in chosen}
    for each in strikes.values():
        chance.shuffle(each)
    # One of each group, then a second of each …: however few the steps, they are of many kinds.
    once = [each for row in zip_longest(*strikes.values()) for each in row if each]
    often = [each for each in once for _ in range(OFTEN.get(each[0], 1))]
    drawn = once[:steps] + [chance.choice(often) for _ in range(steps - len(once)) if often]
    chance.shuffle(drawn)
    if not patient:
        # Pages heal from these by the beat, half a minute later: the others may run meanwhile.
        drawn.sort(key=lambda each: each[0] != "redis")
    return [
        Step(number, group, name, arguments, round(chance.uniform(0.2, 1.8) * pause, 3))
        for number, (group, name, arguments) in enumerate(drawn)
    ]


def _quick(strike):
    return strike[1].get("seconds", 0) <= QUICK
