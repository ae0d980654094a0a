"""Rules of owning and reading, of sessions and of rights."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts import roles
from conversations.access import AGENTS, EMPLOYEE
from jobs.worker import run_due

from .model import ALLOWED
from .office import ANY_CONSOLE, ANY_DEVICE, PICK, Office

READ = {EMPLOYEE: "/itdesk/c/{}/read", AGENTS: "/agent/conversations/{}/read"}


class Working(Office):
    @rule(console=ANY_CONSOLE, pick=PICK, action=st.sampled_from(sorted(ALLOWED)), behind=st.sampled_from([None, 0, 1]))
    def an_agent_acts(self, console, pick, action, behind):
        device, other, talk = self.consoles[console], self.consoles[1 - console], self.talk(pick)
        version = None if behind is None else max(0, talk.version - behind)
        fields = {"userid": other.userid} if action == "transfer" else {}
        if version is not None:
            fields["version"] = version
        answer = self.committed(lambda: device.person.act(talk.id, action, **fields))
        verdict = self.shut(device)
        if verdict is None and action == "transfer" and other.userid not in self.serving:
            verdict = 422
        verdict = verdict or self.model.judge_action(talk, device.userid, action, version, other.userid)
        assert answer.status_code == verdict, answer.content
        if verdict == 200:
            self.model.act(talk, device.userid, action, other.userid)
            self.changed.append(talk)
            assert answer.json()["status"] == talk.status

    @rule(device=ANY_DEVICE, pick=PICK, seq=st.integers(0, 20))
    def somebody_reads(self, device, pick, seq):
        """It only grows, and never past the last line that this person may see."""
        device, talk = self.devices[device], self.talk(pick)
        answer = self.committed(lambda: device.person.post(READ[device.audience].format(talk.id), {"seq": seq}))
        if shut := self.shut(device):
            assert answer.status_code == shut
            return
        last = talk.last_seq if device.audience == AGENTS else talk.last_public_seq
        talk.read[device.userid] = max(talk.read.get(device.userid, 0), min(seq, last))
        assert answer.json()["read_seq"] == talk.read[device.userid]
        self.changed.append(talk)

    @rule(device=ANY_DEVICE, back_at_once=st.booleans())
    def somebody_signs_out_or_in(self, device, back_at_once):
        """What waits in the outbox is refused meanwhile, and goes out afterwards."""
        device = self.devices[device]
        if device.signed_in:
            device.disconnect(self.switchboard)
            self.committed(lambda: device.person.post("/itportal/logout"))
            for item in device.outbox[:1]:
                self.post(device, item)
            if not back_at_once:
                return
        self.signs_in(device)
        if not self.shut(device):
            self.connect(device)

    @rule(console=ANY_CONSOLE)
    def an_agent_loses_or_regains_the_role(self, console):
        """What was in their hands goes back into the queue, by a job."""
        device = self.consoles[console]
        lost = device.userid in self.serving
        self.committed(lambda: (roles.revoke if lost else roles.grant)(device.user, "agent", channel="command"))
        self.serving ^= {device.userid}
        if lost:
            device.disconnect(self.switchboard)
            self.model.returns_orphans(device.userid)
        self.committed(run_due)
        self.changed += self.model.talks
        if not self.shut(device):
            self.connect(device)
