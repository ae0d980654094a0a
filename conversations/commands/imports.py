"""Writes a conversation that happened before, by the rules of a live one: for the demo company.

Nobody is told: no frame, no card, no job. `tests/test_imports.py` holds it against what the live commands write.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from ..events import record
from ..models import Category, Conversation, Message, ReadMark
from ..notices import chinese
from ..states import FIRST, Action, Status, next_status
from ..wording import SUBJECT_CHARS, one_line
from .writing import append

NAMESPACE = uuid.UUID("6f1d2c7e-30b5-4a0c-9b1e-5f8a7c2d4e61")
Sender = Message.SenderType


@dataclass(frozen=True)
class Step:
    """What one person did at one time. `verb`: says, answers, notes, claims, releases, transfers, resolves, reopens."""

    at: datetime
    verb: str
    by: object
    content: str = ""
    to: object = None


@dataclass(frozen=True)
class Story:
    """One past conversation. `key` makes its ids; the first step is its employee's words. `readers` have seen it all."""

    key: str
    employee: object
    steps: list[Step]
    category: Category | None = None
    readers: list = field(default_factory=list)

    @property
    def id(self):
        return uuid.uuid5(NAMESPACE, self.key)


def import_conversation(story):
    """Store the story, and return its Conversation; one that is there already is returned as it stands."""
    found = Conversation.objects.filter(pk=story.id).first()
    return found or _Import(story).run()


class _Import:
    def __init__(self, story):
        self.story, self.marks, self.lines = story, {}, 0
        first = story.steps[0]
        self.conversation = Conversation(
            id=story.id,
            employee=story.employee,
            status=FIRST,
            category=story.category,
            group=story.category.group if story.category else None,
            subject=one_line(first.content, SUBJECT_CHARS),
            created_at=first.at,
            last_message_at=first.at,
        )

    def run(self):
        conversation, first = self.conversation, self.story.steps[0]
        with transaction.atomic():
            conversation.waits(first.at)
            conversation.save(force_insert=True)
            record(conversation, "conversation.opened", self.story.employee, first.at)
            for step in self.story.steps:
                getattr(self, step.verb)(step)
                self._saw(step.by, step.at)
            for reader in self.story.readers:
                self._saw(reader, self.story.steps[-1].at)
            ReadMark.objects.bulk_create(self.marks.values())
            conversation.save(force_update=True)
        return conversation

    def says(self, step):
        conversation = self.conversation
        if conversation.status == Status.RESOLVED:
            conversation.epoch += 1
            conversation.resolved_at = conversation.assigned_agent = None
            self._notice(step.at, "reopened")
            record(conversation, "conversation.reopened", step.by, step.at, by="employee")
        conversation.status = next_status(conversation.status, Action.WRITE)
        message = self._append(step.at, sender_type=Sender.EMPLOYEE, author=step.by, content=step.content)
        conversation.waits(conversation.waiting_since or step.at)
        self._posted("message.posted", step, message, sender_type="employee")

    def answers(self, step):
        message = self._append(step.at, sender_type=Sender.AGENT, author=step.by, content=step.content)
        self.conversation.waits(None)
        self._posted("message.posted", step, message, sender_type="agent")

    def notes(self, step):
        message = self._append(step.at, sender_type=Sender.AGENT, author=step.by, content=step.content, internal=True)
        self._posted("note.posted", step, message)

    def claims(self, step):
        self._move(Action.CLAIM, step.by)
        self._notice(step.at, "claimed", agent=step.by.display_name)
        self.conversation.waits(self.conversation.waiting_since)
        record(self.conversation, "conversation.claimed", step.by, step.at)

    def releases(self, step):
        self._move(Action.RELEASE, None)
        self._notice(step.at, "released")
        self.conversation.waits(self.conversation.waiting_since or step.at)
        record(self.conversation, "conversation.released", step.by, step.at)

    def transfers(self, step):
        self._move(Action.TRANSFER, step.to)
        self._notice(step.at, "transferred", agent=step.to.display_name)
        self.conversation.waits(self.conversation.waiting_since)
        facts = {"to": step.to.pk, "to_name": step.to.display_name}
        record(self.conversation, "conversation.transferred", step.by, step.at, **facts)

    def resolves(self, step):
        self._move(Action.RESOLVE, self.conversation.assigned_agent)
        self.conversation.resolved_at = step.at
        self._notice(step.at, "resolved", agent=step.by.display_name)
        self.conversation.waits(None)
        record(self.conversation, "conversation.resolved", step.by, step.at)

    def reopens(self, step):
        self._move(Action.REOPEN, step.by)
        self.conversation.resolved_at = None
        self._notice(step.at, "reopened")
        self.conversation.waits(None)
        record(self.conversation, "conversation.reopened", step.by, step.at, by="agent")

    def _move(self, action, owner):
        following = next_status(self.conversation.status, action)
        if following is None:
            raise ValueError(f"{self.story.key}: {action} is not possible while {self.conversation.status}")
        self.conversation.status, self.conversation.assigned_agent = following, owner
        self.conversation.epoch += 1

    def _notice(self, at, notice, **facts):
        content = chinese(notice, facts)
        return self._append(at, sender_type=Sender.SYSTEM, content=content, notice=notice, facts=facts)

    def _append(self, at, **fields):
        self.lines += 1
        made = uuid.uuid5(self.story.id, str(self.lines))
        return append(self.conversation, at=at, id=made, client_id=made, **fields)

    def _posted(self, kind, step, message, **facts):
        record(self.conversation, kind, step.by, step.at, message=str(message.id), **facts)

    def _saw(self, reader, at):
        """Whoever does something has read what stood there; an employee's eyes skip the notes."""
        own = reader.pk == self.story.employee.pk
        seq = self.conversation.last_public_seq if own else self.conversation.last_seq
        self.marks[reader.pk] = ReadMark(conversation=self.conversation, user=reader, read_seq=seq, read_at=at)
