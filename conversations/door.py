"""Pages at the door: who they are and whether they may stay, asked of the database for all of them at once.

After a restart every page of the house is back within seconds. Asked one by one, six questions each were four fifths of
what a page cost, and stood in line with what people do at their pages; so they have a thread of their own as well.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from accounts.models import User
from accounts.sessions import claims_of
from jobs import faults

from .access import EMPLOYEE
from .asking import ask
from .queries.watching import NOT_SIGNED_IN, Numbers, numbers_of, people_and_rights

AT_ONCE = 100  # pages in one question

_thread = ThreadPoolExecutor(1, thread_name_prefix="door")


async def asked(question, *args):
    """The answer of a database `question` about sockets, from the thread that nobody's request and no `read` waits in."""
    return await ask(question, *args, thread_sensitive=False, executor=_thread)


class Together:
    """One round of `ask(list) → list` at a time, for all who came before it began.

    Whoever calls while a round is under way is in the next one: no answer is older than its question.
    """

    def __init__(self, ask):
        self._ask, self._waiting, self._rounds = ask, [], None

    async def __call__(self, one):
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._rounds is None:
            self._rounds = asyncio.ensure_future(self._work())
        return await answer

    async def _work(self):
        try:
            while self._waiting:
                now, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._round(now)
        finally:
            self._rounds = None

    async def _round(self, now):
        try:
            found = await self._ask([one for one, _answer in now])
        except Exception as error:
            for _one, answer in now:
                answer.done() or answer.set_exception(error)  # whoever left meanwhile is done
        else:
            for (_one, answer), each in zip(now, found, strict=True):
                answer.done() or answer.set_result(each)


@dataclass(frozen=True)
class Admission:
    """`code`: with which to close this socket, or None; `user`: whose page it is; `hangs_on`: what its session was
    compared with; `numbers`: for its `hello`."""

    code: int | None
    user: User | None
    hangs_on: list | None
    numbers: Numbers


class Door:
    """`await claim(session_key)` → accounts.sessions.Claim or None. `await admission(socket)` → Admission, of a socket
    that has joined the hub: what changes from now on is in the answer or announced to it."""

    def __init__(self):
        self.claim = Together(lambda keys: asked(_claims, keys))
        self.admission = Together(lambda sockets: asked(_admissions, sockets))


def _claims(session_keys):
    found = claims_of(set(session_keys))
    return [found.get(each) for each in session_keys]


def _admissions(sockets):
    users, rights = people_and_rights({each.user_id for each in sockets}, {each.session_key for each in sockets})
    codes = [_verdict(each, users, rights) for each in sockets]
    let_in = [each for each, code in zip(sockets, codes, strict=True) if code is None]
    numbers = numbers_of({each.user_id for each in let_in if each.audience == EMPLOYEE}, set())
    faults.at("m9")
    people = [(users.get(each.user_id), rights.active.get(each.user_id)) for each in sockets]
    return [Admission(code, *person, numbers) for code, person in zip(codes, people, strict=True)]


def _verdict(socket, users, rights):
    code = rights.verdict(socket)
    return code if code is not None or socket.claim.fits(users[socket.user_id]) else NOT_SIGNED_IN
