"""Reads the situations in `corpus/*.txt`. Format, one turn a line, continued by indented lines:

    == key | category code | departments (optional) | userid (optional) | agent (optional) | minutes ago (optional)
    问 the first words; each line of this kind becomes a conversation of its own
    员 the employee   客 the agent   注 a note among agents   转 a group or userid to hand it to   完 solved
    再 the employee writes again after it was solved

`｜` separates wordings: the first opening goes on with the first of each, the second with the second, and round again;
an empty one is left out. `员?` stands in about half of the conversations. `[40m]`, `[3h]`, `[1d]` before a wording is the
time since the turn before. `{room}` and the like are filled in by `details.py`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
TURN = re.compile(r"([问员客注转完再])(\?)?\s*(.*)", re.DOTALL)
WORDING = re.compile(r"(?:\[(\d+)([mhd])\])?\s*(.*)", re.DOTALL)
MINUTES = {"m": 1, "h": 60, "d": 1440}


@dataclass(frozen=True)
class Turn:
    """One line of a situation: its wordings as (minutes since the turn before or None for a usual pause, words)."""

    kind: str
    wordings: list[tuple[int | None, str]]
    optional: bool = False


@dataclass
class Situation:
    key: str
    category: str
    departments: list[str] = field(default_factory=list)
    employee: str = ""
    agent: str = ""
    minutes_ago: int | None = None
    openings: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


def situations():
    """All situations of the corpus, file by file, in the order they are written."""
    return [each for path in sorted(CORPUS.glob("*.txt")) for each in parse(path.read_text(encoding="utf-8"))]


def parse(text):
    """The situations in this text. Raises ValueError with the line that is not understood."""
    found = []
    for block in re.split(r"\n(?=\S)", text.strip("\n")):
        block = block.rstrip()
        if not block or block.startswith("#"):
            continue
        if block.startswith("=="):
            found.append(_situation(block))
        else:
            _add(found[-1], block)
    return found


def _situation(line):
    key, category, departments, employee, agent, ago = ([part.strip() for part in line[2:].split("|")] + [""] * 4)[:6]
    return Situation(key, category, departments.split(), employee, agent, int(ago) if ago else None)


def _add(situation, block):
    match = TURN.fullmatch("\n".join(line[4:] if line.startswith("    ") else line for line in block.split("\n")))
    if match is None:
        raise ValueError(f"{situation.key}: {block}")
    kind, optional, words = match.groups()
    if kind == "问":
        situation.openings.append(words)
    else:
        situation.turns.append(Turn(kind, [_wording(each) for each in words.split("｜")], bool(optional)))


def _wording(text):
    number, unit, words = WORDING.fullmatch(text).groups()
    return (int(number) * MINUTES[unit] if number else None), words
