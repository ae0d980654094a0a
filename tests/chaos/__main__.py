"""`python -m tests.chaos`: see the package's own words."""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from .plan import GROUPS
from .profiles import AIMED, PROFILES
from .report import lines
from .run import Run
from .servers import Missing
from .stack import Embedded, Grown

ABOUT_CARDS = {"jobs", "wecom", "worker"}
STACKS = {"embedded": Embedded, "grown": Grown}


def main(words=None):
    options = arguments(words)
    good = True
    for name in [options.stack] if options.stack else STACKS:
        good &= on_stack(name, options.profile, options.seed, options.faults, keep=options.keep)
    return 0 if good else 1


def arguments(words):
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--profile", choices=PROFILES, default="short")
    parser.add_argument("--stack", choices=STACKS, help="both, when it is not given")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--messages", type=int, help="acknowledged in all, shared out among the stacks")
    parser.add_argument("--pause", type=float, help="seconds between two strikes: long ones show each recovery alone")
    parser.add_argument("--steps", type=int, help="strikes of the nemesis on each stack")
    parser.add_argument(
        "--faults", type=groups, default=(), help=f"only these, with commas: transport,{','.join(GROUPS)}"
    )
    parser.add_argument("--keep", action="store_true", help="keep the history of a good run as well")
    options = parser.parse_args(words)
    profile = PROFILES[options.profile]
    if options.faults and options.profile == "short":
        # Cards come five seconds after the last answer: whoever did not ask for jobs need not wait for them.
        profile = AIMED if ABOUT_CARDS & set(options.faults) else replace(AIMED, away=0)
    if options.messages:
        profile = replace(profile, messages=options.messages // (1 if options.stack else len(STACKS)))
    given = {name: value for name in ("steps", "pause") if (value := getattr(options, name)) is not None}
    options.profile = replace(profile, **given)
    return options


def groups(text):
    named = tuple(text.split(","))
    if unknown := set(named) - {*GROUPS, "transport"}:
        raise argparse.ArgumentTypeError(f"no such faults: {', '.join(sorted(unknown))}")
    return named


def on_stack(name, profile, seed, faults=(), say=print, *, keep=False):
    """One whole run; → whether all counts are 0. A failure leaves a folder behind and says its name."""
    began = time.monotonic()
    try:
        stack = STACKS[name]()
    except Missing as missing:
        say(str(missing))
        return True
    try:
        stack.start()
        say(f"{name}: ready after {time.monotonic() - began:.0f} s, seed {seed}")
        record, verdict = asyncio.run(Run(stack, profile, seed, faults, say).result())
        say("\n".join(lines(record, verdict)))
        if keep or not verdict.good:
            say(f"history: {kept(stack, record)}")
        return verdict.good
    except BaseException:
        say(f"the run itself failed; the servers' words: {kept(stack, None)}")
        raise
    finally:
        stack.end()


def kept(stack, record):
    """→ a new folder with the record and the logs of every process."""
    folder = Path(tempfile.mkdtemp(prefix=f"itdesk-chaos-{stack.name}-"))
    if record:
        record.write(folder)
    for number, log in enumerate(stack.logs):
        shutil.copy(log, folder / f"{number:03}.log")
    return folder


if __name__ == "__main__":
    sys.exit(main())
