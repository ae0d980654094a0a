"""Plays one situation with one employee, turn by turn, and writes down who did what when."""

import re
from dataclasses import replace
from datetime import timedelta

from conversations.commands.imports import Step, Story

from .company import ROUTES
from .details import details
from .manners import FAREWELLS, HAND_OVER_NOTES, HAND_OVERS, greeted, thanked
from .pace import OFFICE, pause, waking

OPTIONAL_SHARE = 0.55
FAREWELL_SHARE = 0.45
WRONG_GROUP_SHARE = 0.09
WEEK = timedelta(days=7)


class Telling:
    """`number`: which opening begins it, and so which of the wordings follow, for these belong together."""

    def __init__(self, company, situation, number, employee, dice):
        self.company, self.situation, self.number, self.employee, self.dice = company, situation, number, employee, dice
        self.live = situation.minutes_ago is not None
        self.owner = None
        self.group = ROUTES[situation.category]
        self.agent = company.by_userid.get(situation.agent) or self._one_of(company.groups[self.group])
        self.blanks = details(dice, employee)
        self.steps, self.before = [], "问"

    def past(self, start_at, now):
        """The story from its beginning until somebody has solved it, moved back by weeks until that is over."""
        self._tell(start_at)
        if self.steps[-1].verb != "resolves":
            self._part()
        while self.steps[-1].at > now - timedelta(hours=1):
            self._move(-WEEK)
        return self._story([*self.company.agents, self.employee])

    def present(self, now):
        """The story so far: whoever waits in it has waited for `minutes_ago`; else that long ago was its last word."""
        self._tell(now)
        waiting = None
        for step in self.steps:
            if step.verb in ("says", "answers", "resolves"):
                waiting = (waiting or step) if step.verb == "says" else None
        self._move(now - timedelta(minutes=self.situation.minutes_ago) - (waiting or self.steps[-1]).at)
        # A request of two minutes ago must not end in the future.
        self._move(min(timedelta(0), now - timedelta(seconds=20) - self.steps[-1].at))
        return self._story([])

    def _story(self, readers):
        category = self.company.categories.get(self.situation.category)
        return Story(f"{self.situation.key}-{self.number + 1}", self.employee, self.steps, category, readers)

    def _move(self, by):
        self.steps = [replace(step, at=step.at + by) for step in self.steps]

    def _tell(self, start_at):
        self.at = start_at
        noticed_at = (start_at - timedelta(minutes=self.dice.randint(4, 25))).astimezone(OFFICE)
        self.blanks["clock"] = f"{noticed_at.hour}:{noticed_at.minute:02}"
        self._add("says", self.employee, self._filled(self.situation.openings[self.number]))
        for turn in self.situation.turns:
            if turn.optional and self.dice.random() > OPTIONAL_SHARE:
                continue
            gap, words = turn.wordings[self.number % len(turn.wordings)]
            if words or turn.kind == "完":
                self._turn(turn.kind, gap, self._filled(words))

    def _filled(self, words):
        words = words.format(**self.blanks)
        # A blank between two Chinese words is left over from a blank that was filled; code keeps its own.
        return words if "```" in words else re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", words)

    def _turn(self, kind, gap, words):
        if kind in "客注" and self.owner is None:
            self._claim()
            if kind == "客":
                words = greeted(words, self.dice, group=self.group, agent=self.owner.name, name=self.employee.name)
        self._later(kind, gap)
        if kind in "员再":
            if self.steps[-1].verb == "resolves":
                self.owner = None
            self._add("says", self.employee, thanked(words, self.dice))
        elif kind == "转":
            self._hand_to(self.company.by_userid.get(words) or self._one_of(self.company.groups[words]))
        elif kind == "完":
            self._add("resolves", self.owner)
        else:
            self._add("answers" if kind == "客" else "notes", self.owner, words)

    def _claim(self):
        first_time = not any(step.verb == "claims" for step in self.steps)
        if first_time and not self.live and self.dice.random() < WRONG_GROUP_SHARE:
            return self._claim_by_mistake()
        self._later("接", None)
        self.owner = self.agent
        self._add("claims", self.owner)

    def _claim_by_mistake(self):
        """A colleague of another group takes it first and hands it over."""
        group, right = {"group": self.group}, self.agent
        others = [agent for name, agents in self.company.groups.items() if name != self.group for agent in agents]
        self._later("接", None)
        self.owner = self._one_of(others)
        self._add("claims", self.owner)
        self._later("客", None)
        self._add("answers", self.owner, self.dice.choice(HAND_OVERS).format(**group))
        if note := self.dice.choice(HAND_OVER_NOTES).format(**group):
            self._later("注", None)
            self._add("notes", self.owner, note)
        self._later("转", None)
        self._hand_to(right)

    def _hand_to(self, colleague):
        self._add("transfers", self.owner, to=colleague)
        self.owner = self.agent = colleague

    def _part(self):
        if self.before in "员再" and self.dice.random() < FAREWELL_SHARE:
            self._later("客", None)
            self._add("answers", self.owner, self.dice.choice(FAREWELLS))
        self._later("完", None)
        self._add("resolves", self.owner)

    def _later(self, kind, gap):
        self.at += pause(self.dice, self.before, kind, gap)
        if not self.live:
            self.at = waking(self.at)
        self.before = kind

    def _add(self, verb, by, content="", to=None):
        self.steps.append(Step(self.at, verb, by, content, to))

    def _one_of(self, agents):
        return self.dice.choice([agent for agent in agents if agent not in (self.owner, self.employee)])
