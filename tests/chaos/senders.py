"""People who write, each with the outbox of their page: kept until a 2xx was read, one after the other, always under the
same client_id (outbox.js)."""

import asyncio
import hashlib
import uuid
from collections import deque
from random import Random

from .record import ACKED, POSTPONED, REFUSED, Sent
from .wire import Broken

NOT_NOW = {408, 425, 429, 500, 502, 503, 504}
FIRST, MOST = 0.25, 4.0  # seconds; the page's own 1 and 30 would only make the run longer
CARDS_EACH = 24  # WeCom drops a member's 31st card within a minute without a word: that would be no fault of ours
REFUSABLE = 0.02  # share of posts that the desk must refuse, and must not store
NOTES, FILES, CAREFUL, CARDS = 0.08, 0.04, 0.3, 0.15  # of an agent's posts; of all; of an agent's; of an agent's
DONE = 0.03  # share of an agent's turns after which they resolve a request


class Outbox:
    """Writes one message after the other into `rooms`. `wishes`: "file", "card" or "word", fulfilled first."""

    def __init__(self, member, audience, rooms, clock, seed, record):
        self.member, self.audience, self.rooms = member, audience, rooms
        self.clock, self.record, self.seed = clock, record, seed
        self.chance = Random(f"{seed} {member.userid} writes")
        self.wishes = deque()
        self.number = 0
        self.acknowledged = 0
        self.pause = 0.0  # seconds between an answer and the next message, on average
        self.heard = {}  # room → newest seq that this agent's page knows, for `based_on_seq`

    async def run(self, enough):
        """Until `enough()`."""
        while not enough():
            await self.write(self.wishes.popleft() if self.wishes else "")
            if self.audience == "agents" and self.chance.random() < DONE:
                await self._resolve(self.chance.choice([room for room in self.rooms if not room.away]))
            await asyncio.sleep(self.chance.expovariate(1 / self.pause) if self.pause else 0)

    async def write(self, wish="", room=None):
        """One message, until it has an answer. → Sent"""
        self.number += 1
        draw = self.chance.random
        room = room or self._room(wish)
        sent = Sent(self.member.userid, self.number, room.id, str(uuid.UUID(int=self.chance.getrandbits(128))), "")
        sent.token = f"#{self.member.userid}-{self.number:05d}-{sent.client_id[:6]}#"
        sent.internal = self.audience == "agents" and wish != "card" and draw() < NOTES
        refusable = not wish and draw() < REFUSABLE
        file = self._file(sent) if wish == "file" or draw() < FILES else None
        sent.away = room.employee if room.away and self.audience == "agents" else ""
        fields = {"client_id": sent.client_id, "content": f"第 {self.number} 条 {sent.token} 请看"}
        if sent.internal:
            fields["internal"] = "true"
        if refusable:
            fields["msg_type"] = "riddle"
        if self.audience == "agents" and draw() < CAREFUL:
            fields["based_on_seq"] = self.heard.get(room.id, 0)
        sent.began = self.clock()
        self.record.sent.append(sent)
        await self._deliver(sent, room, fields, file)
        return sent

    def _room(self, wish):
        absent = [room for room in self.rooms if room.away and self._cards_of(room) < CARDS_EACH]
        if absent and (wish == "card" or self.chance.random() < CARDS):
            return self.chance.choice(absent)
        return self.chance.choice([room for room in self.rooms if not room.away])

    def _cards_of(self, room):
        return sum(1 for sent in self.record.sent if sent.away == room.employee)

    def _file(self, sent):
        content = f"{sent.token}\n".encode() * 60
        sent.file = hashlib.sha256(content).hexdigest()
        return f"log-{self.number}.txt", content

    async def _deliver(self, sent, room, fields, file):
        path, named = self._address(room)
        waits = 0
        while True:
            sent.tries += 1
            tried = self.clock()
            try:
                answer = await self.member.post(path, f"post {sent.client_id}", file, **named, **fields)
            except Broken:
                answer = None
            if answer is not None and answer.ok:
                sent.took = self.clock() - tried
                return self._acknowledged(sent, room, answer.json())
            if answer is not None and answer.status == 409 and "based_on_seq" in fields:
                # What came in between was looked at; sent again without it, it goes through.
                del fields["based_on_seq"]
                continue
            if answer is not None and answer.status not in NOT_NOW:
                return self._refused(sent, fields, answer.status)
            await asyncio.sleep(self._noted(sent, answer) or self._backoff(waits))
            waits += 1

    def _refused(self, sent, fields, status):
        """What was meant to be refused, or an answer to what is resolved. Any other refusal leaves it unsent: nobody
        here is signed out or without the right."""
        if status == (422 if "msg_type" in fields else 409):
            sent.outcome = REFUSED if status == 422 else POSTPONED

    def _noted(self, sent, answer):
        """→ seconds that the server asks to wait, or 0"""
        if answer is None:
            return 0
        if answer.status >= 500:
            sent.failures.append(answer.status)
        return float(answer.headers.get("retry-after", 0))

    async def _resolve(self, room):
        """The next words of its employee open it again; until then an answer is refused, and must not be stored."""
        try:
            await self.member.post(f"/agent/conversations/{room.id}/resolve", f"resolve {self.number}")
        except Broken:
            return  # a click that did not arrive: nobody insists

    def _backoff(self, tries):
        whole = min(MOST, FIRST * 2**tries)
        return whole / 2 + self.chance.random() * whole / 2

    def _address(self, room):
        if self.audience == "agents":
            return f"/agent/conversations/{room.id}/messages", {}
        return "/itdesk/messages", {"conversation_id": room.id} if room.id else {"new_topic": "true"}

    def _acknowledged(self, sent, room, message):
        sent.outcome, sent.acked = ACKED, self.clock()
        sent.id, sent.seq = message["id"], message["seq"]
        if not room.id:
            room.id = sent.room = message["conversation_id"]
        self.acknowledged += 1
        self.heard[room.id] = max(self.heard.get(room.id, 0), sent.seq)
