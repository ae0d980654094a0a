"""A copy of the tree in which something is broken, and what its checks say about that."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tests.processes import ROOT
from tests.stack.installation import OURS, postgres_address, redis_address

PATIENCE = 300  # seconds for one run of pytest
# A break that does not even run proves nothing: the check must be red for what it saw, not for a slip of ours.
SLIPS = re.compile(
    r"\b(?:ImportError|ModuleNotFoundError|SyntaxError|IndentationError|NameError|UnboundLocalError|ReferenceError"
    r"|AttributeError|TypeError)\b|is not defined|is not a function|does not provide an export"
)
GREEN, RED, SLIPPED, NOT_RUN = "green", "red", "red for a slip of the break itself", "not run"


class Workshop:
    """One copy. `commit`: what is in the copy; None for the working tree as it lies there."""

    def __init__(self, commit=None):
        self.folder = Path(tempfile.mkdtemp(prefix="itdesk-honesty-"))
        self.tree = self.folder / "tree"
        self.tree.mkdir()
        (self._unpack if commit else self._copy)(commit)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _unpack(self, commit):
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", self.tree], input=archive, check=True)

    def _copy(self, _commit):
        asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file():
                place = self.tree / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, place)

    def judged(self, checks, *, real=False):
        """Run these checks here. → {check: GREEN, RED, SLIPPED or NOT_RUN}, and what pytest said."""
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *checks]
        said = run(command, self.tree, self._environment(real=real))
        cases = ElementTree.parse(report).getroot().iter("testcase") if report.exists() else ()  # noqa: S314
        found = [(case, verdict(case)) for case in cases]
        return {check: worst(each for case, each in found if is_of(case, check)) for check in checks}, said

    def with_break(self, mechanism):
        """Break it, run its check, mend it. → the verdict, and what pytest said. Raises NoLongerFits."""
        before = mechanism.break_in(self.tree)
        try:
            verdicts, said = self.judged([mechanism.check], real=mechanism.real)
        finally:
            for path, text in before.items():
                path.write_text(text, encoding="utf-8")
        return verdicts[mechanism.check], said

    def _environment(self, *, real):
        values = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        # No compiled files: a break of the same size within a second would not be noticed.
        values |= {"DATA_DIR": str(self.folder / "data"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        values["MACHINE_SHRINK"] = "false"  # that it is red is enough
        if real:
            prefix = f"itdesk-honesty-{secrets.token_hex(4)}"
            values |= {"DATABASE_URL": postgres_address(), "REDIS_URL": redis_address(), "REDIS_PREFIX": prefix}
        return values


running = set()


def run(command, folder, environment):
    """What it said; after `PATIENCE` it and everything that it started are ended."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        running.add(process)
        try:
            return process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            end(process)
            return process.communicate()[0].decode("utf-8", "replace") + "\n(ended: it took too long)"
        finally:
            running.discard(process)


def end(process):
    """It and everything that it started: a test of processes has some of its own."""
    os.killpg(process.pid, signal.SIGKILL)


def end_all():
    """Somebody has seen enough."""
    for process in list(running):
        end(process)


def is_of(case, check):
    """Whether this case of the report belongs to the check; one without [parameters] means all of them."""
    path, _, name = check.partition("::")
    in_file = case.get("classname", "").startswith(path.removesuffix(".py").replace("/", "."))
    return in_file and (case.get("name") == name or case.get("name", "").startswith(f"{name}["))


def verdict(case):
    """What became of one test. An error before or after the test proves nothing by itself."""
    failures = case.findall("failure")
    if failures:
        return SLIPPED if any(SLIPS.search(each.get("message", "")) or thrown(each) for each in failures) else RED
    return NOT_RUN if case.findall("error") or case.findall("skipped") else GREEN


def thrown(failure):
    """Whether a page's script fell over the break."""
    return any(SLIPS.search(line) for line in (failure.text or "").splitlines() if ": thrown: " in line)


def worst(verdicts):
    """Of the cases of one check: one that saw it is enough, one that slipped is too much."""
    found = list(verdicts)
    return next((each for each in (SLIPPED, RED, NOT_RUN) if each in found), GREEN if found else NOT_RUN)
