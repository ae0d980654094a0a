"""Counts what the steps of a test run brought: read from pytest's junit files, summed, printed as the last line."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from .machine import ROOT

COLLECTED = re.compile(r"^(\d+)(?:/\d+)? tests? collected", re.MULTILINE)


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def of_report(path, status, fine=(0,)):
    """What a pytest run that ended with `status` wrote to `path`; one that ended badly without a failure counts as one."""
    try:
        suites = ElementTree.parse(path).getroot().iter("testsuite")  # noqa: S314 (written by our own pytest)
        counts = [
            {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites
        ]
    except (OSError, ElementTree.ParseError):
        return Tally() if status in fine else Tally(failed=1)
    failed = sum(one["failures"] + one["errors"] for one in counts)
    skipped = sum(one["skipped"] for one in counts)
    # A test whose clean-up fails too stands twice in the failures and once in the tests.
    passed = max(0, sum(one["tests"] for one in counts) - failed - skipped)
    died = status not in fine and not failed
    return Tally(passed, failed + died, skipped)


def of_missing(python, environment, selection):
    """The tests of this selection (pytest's arguments) as skipped ones, for a part that cannot be had."""
    command = [str(python), "-m", "pytest", "--collect-only", "-q", *selection]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8").stdout
    found = COLLECTED.search(said)
    return Tally(skipped=int(found[1]) if found else 0)
