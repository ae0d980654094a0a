"""Rules of writing: a device's outbox, and what the network makes of each try."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from conversations.access import AGENTS
from conversations.queries.requests import own_requests

from .devices import Item
from .model import Talk
from .office import ANY_CONSOLE, ANY_DESK, PICK, Office

FATE = st.sampled_from(("arrives", "arrives", "arrives", "request lost", "answer lost", "twice"))
FATES = st.lists(FATE, min_size=1, max_size=3)
BEHIND = st.sampled_from([None, None, 0, 1, 3])  # how many lines an answer's author had not seen; None: not told


class Writing(Office):
    @rule(where=st.sampled_from(["known", "known", "newest", "fresh"]), desk=ANY_DESK, pick=PICK, fates=FATES)
    def the_employee_says(self, where, desk, pick, fates):
        known = self.talk(pick) if where == "known" else None
        for fate in fates:
            self.write(self.desks[desk], fate, known, fresh=where == "fresh")

    @rule(console=ANY_CONSOLE, pick=PICK, internal=st.booleans(), behind=BEHIND, fates=FATES)
    def an_agent_says(self, console, pick, internal, behind, fates):
        talk = self.talk(pick)
        for fate in fates:
            based_on = None if behind is None else max(0, talk.last_seq - behind)
            self.write(self.consoles[console], fate, talk, internal=internal, based_on=based_on)

    def write(self, device, fate, talk, **more):
        self.words += 1
        device.outbox.append(Item(f"第 {self.words} 句", talk, **more))
        self.send(device, fate)

    @precondition(lambda self: any(device.outbox for device in self.devices))
    @rule(pick=PICK, fate=FATE)
    def a_device_tries_again(self, pick, fate):
        waiting = [device for device in self.devices if device.outbox]
        self.send(waiting[pick % len(waiting)], fate)

    def send(self, device, fate):
        """The oldest words in the outbox leave the device, and meet their fate."""
        if fate == "request lost":
            return
        item = device.outbox[0]
        first = self.post(device, item)
        if fate == "twice" and first.status_code in (200, 201):
            assert self.post(device, item).json() == first.json()
        if fate != "answer lost" and first.status_code not in (401, 403):
            device.outbox.pop(0)  # acknowledged, or refused and given back to its author

    def post(self, device, item):
        answer = self.committed(lambda: device.post(item))
        assert answer.status_code == self.verdict(device, item), answer.content
        if answer.status_code in (200, 201):
            talk, seq = self.model.accepted[device.userid, item.client_id]
            told = answer.json()
            assert (told["conversation_id"], told["seq"], told["content"]) == (talk.id, seq, item.content)
        return answer

    def verdict(self, device, item):
        """The status that the model expects; words that it accepts stand in it afterwards."""
        if shut := self.shut(device):
            return shut
        if (device.userid, item.client_id) in self.model.accepted:
            return 200
        return self.answered(device, item) if device.audience == AGENTS else self.asked(item)

    def asked(self, item):
        talk = item.talk or (None if item.fresh else self.model.newest_open()) or self.opened()
        self.model.employee_writes(talk, item)
        self.changed.append(talk)
        return 201

    def answered(self, device, item):
        verdict = self.model.judge_reply(item.talk, device.userid, item)
        if verdict == 201:
            self.model.agent_writes(item.talk, device.userid, item)
            self.pushes += not item.internal
            self.changed.append(item.talk)
        return verdict

    def opened(self):
        """The model learns the id of a conversation that the product has just made."""
        ids = {str(each.pk) for each in own_requests(self.employee)} - {talk.id for talk in self.model.talks}
        assert len(ids) == 1, ids
        self.model.talks.append(Talk(ids.pop()))
        return self.model.talks[-1]
