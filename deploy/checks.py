"""`deploy/dev.py test`: every check, each with its time; the last line is the total.

A whole run takes its steps in two lanes, the browser tests in CI one after the other; only the server processes have the
machine to themselves, at the end: they wait for each other by the clock. Somebody who asked for a part sees it run, one step
after another.
"""

import itertools
import os
import random
import secrets
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from . import parts, tally
from .machine import ROOT, in_ci, say
from .tally import Tally

# Read by the settings: a value from somebody's shell would test something else than the next person does.
OURS = ("ASSISTANT", "DJANGO_", "DATABASE_", "REDIS_", "WECOM_", "DIFY_", "OPENAI_", "RATE_", "MESSAGE_", "ATTACHMENT_")
OURS += ("SITE_URL", "DATA_DIR", "MEDIA_ROOT", "STATIC_ROOT", "TIME_ZONE", "LOG_LEVEL", "HSTS_", "PYTEST_ADDOPTS")
PRODUCTION = {
    "DJANGO_ALLOWED_HOSTS": "desk.example.com",
    "SITE_URL": "https://desk.example.com",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "WECOM_SIMULATOR": "false",
    "WECOM_CORP_ID": "ww0123456789abcdef",
    "WECOM_SECRET": "a-secret-of-this-check-alone",
}
UNIT = "not browser and not stack"
LOOK = "browser and look"
BROWSER = "browser and not look"
# Once more over Redis, between two connections to PostgreSQL: what goes from page to page. What one page does by itself
# does not depend on them, and the answers of the server are compared on both in the unit tests.
LIVE = "browser and live"
LANES = 2  # a browser test mostly waits: for a page, a beat, a network that comes back
PARTS = 4  # of the browser tests: the lane that is free takes the next


@dataclass
class Run:
    """One test run: the interpreter, the folder for scratch, what was found, what was counted."""

    python: Path
    scratch: Path
    pytest_args: list
    chromium: str | None = None
    postgres: str | None = None
    redis: str | None = None
    total: Tally = field(default_factory=Tally)
    steps: itertools.count = field(default_factory=itertools.count)
    counting: threading.Lock = field(default_factory=threading.Lock)
    # Two steps at once would mix their lines: each step then says all it has to say when it ends.
    quietly: bool = False

    def count(self, tally):
        with self.counting:
            self.total += tally

    def environment(self, *, real=False):
        """Of one step: a data folder of its own; SQLite and memory, or with `real` PostgreSQL and Redis."""
        data = self.scratch / str(next(self.steps))
        data.mkdir()
        values = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        values |= {"DATA_DIR": str(data), "STATIC_ROOT": str(data / "static"), "PYTHONUTF8": "1", "REDIS_URL": ""}
        values["DATABASE_URL"] = self.postgres if real else f"sqlite:///{(data / 'desk.sqlite3').as_posix()}"
        if real:
            # Frames of Redis reach every database of it, so runs at the same time need the prefix as well.
            values["REDIS_URL"] = urlsplit(self.redis)._replace(path=f"/{random.randint(1, 15)}").geturl()  # noqa: S311
            values["REDIS_PREFIX"] = f"itdesk-test-{secrets.token_hex(4)}"
        if self.chromium:
            values["CHROMIUM"] = self.chromium
        return values


def test(python, pytest_args):
    """Run the steps; answers 0 when all passed, else 1."""
    with tempfile.TemporaryDirectory(prefix="itdesk-test-", ignore_cleanup_errors=True) as scratch:
        run = Run(python, Path(scratch), pytest_args)
        find_parts(run)
        if not pytest_args:
            static_checks(run)
        suites(run)
    say()
    say(str(run.total))
    return 1 if run.total.failed or not run.total.passed else 0


def find_parts(run):
    run.chromium = parts.chromium()
    run.postgres, run.redis = parts.postgres(run.python), parts.redis(run.python)
    if not run.chromium:
        missing(run, "No Chromium or Chrome found: the browser tests are skipped.")
    if not run.postgres:
        missing(run, "No PostgreSQL on 127.0.0.1:5432 (or TEST_DATABASE_URL) that lets us create databases: skipped.")
    if not run.redis:
        missing(run, "No Redis on 127.0.0.1:6379 (or TEST_REDIS_URL): the tests on PostgreSQL and Redis are skipped.")


def missing(run, line):
    say(line)
    if in_ci():
        say("In CI a missing part is a failure.")
        run.count(Tally(failed=1))


def static_checks(run):
    python = str(run.python)
    manage = [python, "manage.py"]
    check(run, "ruff check", [python, "-m", "ruff", "check", "."])
    check(run, "ruff format", [python, "-m", "ruff", "format", "--check", "."])
    check(run, "migrations", [*manage, "makemigrations", "--check", "--dry-run"])
    hardened = {**PRODUCTION, "DJANGO_SECRET_KEY": secrets.token_urlsafe(60)}
    check(run, "check --deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], hardened)


def suites(run):
    # Some of the last need neither server; they skip themselves.
    real = bool(run.postgres and run.redis)
    in_lanes(run, LANES, lambda: real_units(run, real), lambda: on_sqlite(run))
    # In CI one after the other: what lands must not hang on how busy somebody's machine was.
    in_lanes(
        run,
        1 if in_ci() else LANES,
        lambda: real_browser(run, real),
        *[partial(browser, run, *part) for part in browser_parts(run)],
    )
    pytest(run, "server processes", "stack", real=real)


def on_sqlite(run):
    pytest(run, "unit tests, SQLite", UNIT)
    browser(run, "how the pages look", LOOK)


def in_lanes(run, width, *steps):
    run.quietly = not run.pytest_args
    with ThreadPoolExecutor(width if run.quietly else 1) as lanes:
        for step in [lanes.submit(each) for each in steps]:
            step.result()
    run.quietly = False


def browser_parts(run):
    """(name, marker, part) of each; whoever asked for a part of the tests gets one step."""
    if run.pytest_args:
        return [("browser tests, SQLite", BROWSER)]
    named = [f"{number}/{PARTS}" for number in range(1, PARTS + 1)]
    return [(f"browser tests {part}, SQLite", BROWSER, part) for part in named]


# Browser tests leave a running event loop behind, which asyncio tests refuse: always processes of their own.
def real_units(run, real):
    if real:
        pytest(run, "unit tests, PostgreSQL + Redis", UNIT, real=True)
    else:
        skip(run, UNIT)


def real_browser(run, real):
    if real:
        browser(run, "browser tests, PostgreSQL + Redis", LIVE, real=True)
    else:
        skip(run, LIVE)


def browser(run, name, marker, part="", *, real=False):
    if run.chromium:
        pytest(run, name, marker, real=real, part=part)
    elif part.startswith("1/") or not part:
        skip(run, marker)  # the whole of it is counted once


def skip(run, marker):
    run.count(tally.of_missing(run.python, run.environment(), selection(run, marker)))


def check(run, name, command, environment=()):
    """One command that must end with 0; it counts as one test."""
    status = timed(run, name, command, run.environment() | dict(environment))
    run.count(Tally(failed=1) if status else Tally(passed=1))


def pytest(run, name, marker, *, real=False, part=""):
    """One step. `part`: `2/4` for the second of four shares of the browser tests (tests/browser/conftest.py)."""
    environment = run.environment(real=real) | {"BROWSER_PART": part}
    report = Path(environment["DATA_DIR"]) / "report.xml"
    command = [str(run.python), "-m", "pytest", "-q", f"--junitxml={report}", *selection(run, marker)]
    # 5: nothing selected. Fine for somebody who asked for a part; in a whole run a suite has got lost.
    fine = (0, 5) if run.pytest_args else (0,)
    status = timed(run, name, command, environment, fine)
    run.count(tally.of_report(report, status, fine))


def selection(run, marker):
    """pytest's arguments for our marker and the person's own; a `-m` of theirs narrows ours instead of replacing it."""
    theirs = run.pytest_args
    if "-m" in theirs[:-1]:
        place = theirs.index("-m")
        marker = f"({marker}) and ({theirs[place + 1]})"
        theirs = theirs[:place] + theirs[place + 2 :]
    return ["-m", marker, *theirs]


def timed(run, name, command, environment, fine=(0,)):
    """Run one step, in the open or quietly; answers its exit status."""
    say(f"=== {name} …" if run.quietly else f"\n=== {name}")
    started = time.monotonic()
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if run.quietly else {}
    done = subprocess.run(command, cwd=ROOT, env=environment, **told)
    verdict = "ok" if done.returncode in fine else f"FAILED (exit status {done.returncode})"
    output = f"\n{(done.stdout or b'').decode('utf-8', 'replace')}" if run.quietly else ""
    say(f"{output}--- {name}: {verdict}, {time.monotonic() - started:.1f} s")
    return done.returncode
