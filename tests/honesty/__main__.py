"""`python -m tests.honesty`: see the package's own words."""

import argparse
import signal
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from .mechanism import NoLongerFits
from .mechanisms import MECHANISMS
from .workshop import GREEN, RED, Workshop, end_all

WORDS_KEPT = 3000  # characters of pytest's words that are shown when something is wrong


def main(words=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # tidied up as after Ctrl-C
    options = arguments(words)
    chosen = [each for each in MECHANISMS if not options.names or any(name in each.name for name in options.names)]
    if options.list:
        print(*(f"{each.name}\n    {each.check}" for each in chosen), sep="\n")
        return 0
    began = time.monotonic()
    caught = judged(chosen, options)
    print(f"\n{caught} of {len(chosen)} caught, {time.monotonic() - began:.0f} s")
    return 0 if chosen and caught == len(chosen) else 1


def arguments(words):
    parser = argparse.ArgumentParser(prog="python -m tests.honesty")
    parser.add_argument("names", nargs="*", help="words that the names of the wanted mechanisms hold")
    parser.add_argument("--commit", help="break this commit instead of the working tree")
    parser.add_argument("--jobs", type=int, default=2, help="breaks at the same time")
    parser.add_argument("--list", action="store_true", help="only say the names and their checks")
    return parser.parse_args(words)


def judged(chosen, options):
    """Judge these mechanisms in as many workshops as jobs are wished for. → how many were caught"""
    workshops = [Workshop(options.commit) for _ in range(options.jobs)]
    free = SimpleQueue()
    for workshop in workshops:
        free.put(workshop)

    def in_one(work, *given):
        workshop = free.get()
        try:
            return work(workshop, *given)
        finally:
            free.put(workshop)

    try:
        with ThreadPoolExecutor(options.jobs) as pool:
            return sum(told(each, *result) for each, result in results(pool, in_one, chosen))
    finally:
        for workshop in workshops:
            workshop.close()


def results(pool, in_one, chosen):
    """(mechanism, what `caught` found), in their order, each as soon as it is known."""
    try:
        before = sound(pool, in_one, chosen)
        found = pool.map(lambda each: in_one(caught, each, before[each.check, each.real]), chosen)
        yield from zip(chosen, found, strict=True)
    except (KeyboardInterrupt, SystemExit):
        pool.shutdown(wait=False, cancel_futures=True)
        end_all()
        raise


def sound(pool, in_one, chosen):
    """Each check as things are. → {(check, real): the verdict}"""
    suites = defaultdict(set)
    for each in chosen:
        suites[each.suite].add(each.check)
    found = {}
    for (suite, checks), (verdicts, said) in zip(
        suites.items(),
        pool.map(lambda item: in_one(lambda shop: shop.judged(sorted(item[1]), real=item[0][1])), suites.items()),
        strict=True,
    ):
        found |= {(check, suite[1]): verdict for check, verdict in verdicts.items()}
        if set(verdicts.values()) != {GREEN}:
            print(f"--- {suite[0]}, {len(checks)} checks of the unbroken tree\n{said[-WORDS_KEPT:]}")
    return found


def caught(workshop, mechanism, before):
    """→ (the verdict in words, whether it is what it should be, what pytest said)"""
    if before != GREEN:
        return f"not judged: its check is {before} as things are", False, ""
    try:
        verdict, said = workshop.with_break(mechanism)
    except NoLongerFits as error:
        return f"the break no longer fits: {error}", False, ""
    return {RED: "caught", GREEN: "SURVIVES"}.get(verdict, verdict), verdict == RED, said


def told(mechanism, words, good, said):
    print(
        f"{'yes' if good else 'NO ':3} | {mechanism.name} | {mechanism.broken} | {mechanism.check} | {words}",
        flush=True,
    )
    if said and not good:
        print(said[-WORDS_KEPT:])
    return good


if __name__ == "__main__":
    sys.exit(main())
