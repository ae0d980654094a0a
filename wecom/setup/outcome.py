"""What a check found."""

from dataclasses import dataclass
from typing import NamedTuple

from ..errors import WecomError

GOOD, BAD = "good", "bad"
OPEN = "open"  # nobody has come this way yet: only WeCom itself can bring it about
TOLD = "told"  # nothing to test


class Outcome(NamedTuple):
    """`words`: one sentence. `reaction`: what to do. `code`, `from_ip` and `hint` as in WecomError, or empty."""

    state: str
    words: str
    reaction: str = ""
    code: object = ""
    from_ip: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Subject:
    """Who tests: the administrator's `userid` where it is a member, and the `host` under which the page was opened."""

    userid: str = ""
    host: str = ""


def bad(error, words=""):
    """The Outcome of a WecomError; `words` when there is more to say than the meaning of its code."""
    return Outcome(BAD, words or error.meaning, error.reaction, error.code, error.from_ip, error.hint)


def tried(call, *args):
    """→ (answer, None), or (None, the Outcome of the WecomError that `call` raised)."""
    try:
        return call(*args), None
    except WecomError as error:
        return None, bad(error)
