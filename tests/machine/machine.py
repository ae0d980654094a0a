"""What holds after every step (RELIABILITY 3 and 4.5)."""

from hypothesis.stateful import invariant

from conversations.access import AGENTS, EMPLOYEE
from conversations.models import Conversation
from conversations.queries.requests import own_requests
from jobs.models import Job

from .working import Working
from .writing import Writing


class DeskMachine(Writing, Working):
    """All rules, and the truths."""

    @invariant()
    def what_changed_is_told_whole(self):
        """Each message once, in order, gapless, whole from any cursor, notes for agents only."""
        changed, self.changed = self.changed, []
        for talk in {talk.id: talk for talk in changed}.values():
            self.employee_is_told(talk)
            self.agents_are_told(talk)

    def everything_stands_there(self):
        self.changed += self.model.talks
        self.what_changed_is_told_whole()
        for talk in self.model.talks:
            assert self.stranger.at_desk(talk.id).status_code == 404
            assert self.stranger.say("我也在", conversation_id=talk.id).status_code == 404
            assert self.stranger.at_console(talk.id).status_code == 403

    def employee_is_told(self, talk):
        for desk in [desk for desk in self.desks if desk.signed_in][:1]:
            self.expect_history(desk.person.at_desk, talk, talk.seen_by(EMPLOYEE))
        mine = next(each for each in own_requests(self.employee) if str(each.pk) == talk.id)
        assert mine.unread == talk.unread_by_employee(self.employee.userid)

    def agents_are_told(self, talk):
        for console in [console for console in self.consoles if not self.shut(console)][:1]:
            self.expect_history(console.person.at_console, talk, talk.seen_by(AGENTS))
            told = console.person.get(f"/agent/conversations/{talk.id}/").json()
            owner = {each.user.pk: each.userid for each in self.consoles}.get(told["assigned_agent_id"], "")
            assert (told["status"], owner, told["last_seq"]) == (talk.status, talk.owner, talk.last_seq)
        # A note is no visible change; every other line is one.
        talk.version = Conversation.objects.values_list("version", flat=True).get(pk=talk.id)
        assert talk.version == len(talk.seen_by(EMPLOYEE))

    def expect_history(self, ask, talk, wanted):
        everything = pages(ask, talk, after=0)
        assert [(each["prev_seq"], each["seq"], each["sender_type"]) for each in everything] == [
            (prev_seq, seq, line.sender_type) for prev_seq, seq, line in wanted
        ]
        for told, (_prev_seq, _seq, line) in zip(everything, wanted, strict=True):
            if line.author:
                assert (told["client_id"], told["content"]) == (line.client_id, line.content)
        versions = [each["version"] for each in everything]
        assert versions == sorted(versions)
        cursor = wanted[self.words % len(wanted)][1]
        assert pages(ask, talk, after=cursor) == [each for each in everything if each["seq"] > cursor]

    @invariant()
    def pages_hold_no_hole_no_phantom_and_no_note_of_theirs(self):
        for device in self.devices:
            if device.page is not None:
                seen = self.talk_of(device.page).seen_by(device.audience)
                assert device.page.shown == [each[:2] for each in seen[: len(device.page.shown)]]

    def page_is_complete(self, device):
        seen = self.talk_of(device.page).seen_by(device.audience)
        assert device.page.shown == [each[:2] for each in seen]

    @invariant()
    def each_public_answer_left_one_push(self):
        assert Job.objects.filter(name="notify_employee").count() == self.pushes


def pages(ask, talk, after):
    """All messages after `after`, page by page."""
    found, more = [], True
    while more:
        page = ask(talk.id, after=after).json()
        found, more = found + page["messages"], page["has_more"]
        after = found[-1]["seq"] if found else after
    return found
