"""One mechanism: where it lies, how it is broken, and which check must notice."""

from dataclasses import dataclass
from pathlib import Path

OWN_PROCESS = ("tests/browser", "tests/stack", "tests/chaos")  # suites that share a process with no other


class NoLongerFits(Exception):
    """The source has changed: the anchor of a break is not there exactly once."""


@dataclass(frozen=True)
class Edit:
    """Replace `old`, which stands exactly once in `path`, by `new`."""

    path: str
    old: str
    new: str

    def applied(self, text):
        """The broken text of the file. Raises NoLongerFits."""
        found = text.count(self.old)
        if found != 1 or self.old == self.new:
            raise NoLongerFits(f"{self.path}: {found} times: {self.old.strip().splitlines()[0]}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mechanism:
    """`broken`: in words, what the edits do. `check`: a test's node id. `real`: on PostgreSQL and Redis."""

    name: str
    broken: str
    edits: tuple
    check: str
    real: bool = False

    def break_in(self, folder):
        """Break it in this copy of the tree. → what restores the copy"""
        before = {}
        for edit in self.edits:
            path = Path(folder, edit.path)
            text = path.read_text(encoding="utf-8")
            before.setdefault(path, text)
            path.write_text(edit.applied(text), encoding="utf-8")
        return before

    @property
    def suite(self):
        """Checks of one suite may share a process: (suite, real)."""
        folder = "/".join(self.check.split("/")[:2])
        return (folder if folder in OWN_PROCESS else "unit", self.real)


def broken(name, how, check, *edits, real=False):
    """`edits`: (path, old, new), one after the other."""
    return Mechanism(name, how, tuple(Edit(*each) for each in edits), check, real)
