"""The people of the machine, their devices, and the line between them and the product."""

from django.db import transaction
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from accounts import roles
from conversations import hub
from conversations.access import AGENTS, EMPLOYEE
from conversations.queries.watching import numbers_of

from .devices import Device
from .model import Desk

PICK = st.integers(0, 10_000)  # an index into whatever there is then, by modulo
ANY_DEVICE, ANY_DESK, ANY_CONSOLE = st.integers(0, 3), st.integers(0, 1), st.integers(0, 1)


class Office(RuleBasedStateMachine):
    """One employee with two devices, two agents, a stranger. `cast`, `announced` are set by the test that runs it."""

    cast = announced = None

    def __init__(self):
        super().__init__()
        # Each example begins in an empty house: a plain savepoint, because a command insists on the outermost block.
        self.beginning = transaction.savepoint()
        employee, stranger, *agents = self.cast
        self.employee, self.stranger = employee, Device(stranger, EMPLOYEE).person
        self.desks = [Device(employee, EMPLOYEE), Device(employee, EMPLOYEE)]
        self.consoles = [Device(agent, AGENTS) for agent in agents]
        self.devices = [*self.desks, *self.consoles]
        self.model, self.serving = Desk(employee.userid), {agent.userid for agent in agents}
        self.switchboard, self.slow = hub.Hub(None), False
        self.words, self.changed, self.pushes = 0, [], 0

    @initialize()
    def everybody_is_at_work(self):
        """One request, and everybody's page shows it."""
        self.the_employee_says("newest", 0, 0, ["arrives"])
        for device in self.devices:
            self.show(device, self.model.talks[0])

    def teardown(self):
        """The network is back, everybody is at work again: every page shows all there is."""
        try:
            for device in self.devices:
                roles.grant(device.user, "agent" if device.audience == AGENTS else "user", channel="command")
                self.signs_in(device)
                if device.page is not None:
                    self.connect(device)
            self.everything_stands_there()
        finally:
            for device in self.devices:
                device.disconnect(self.switchboard)
            transaction.savepoint_rollback(self.beginning)

    def talk(self, pick):
        return self.model.talks[pick % len(self.model.talks)]

    def talk_of(self, page):
        return next(talk for talk in self.model.talks if talk.id == page.conversation_id)

    def shut(self, device):
        """The status that shuts the door on this device before anything is looked at, or None."""
        if not device.signed_in:
            return 401
        return None if device.audience == EMPLOYEE or device.userid in self.serving else 403

    def committed(self, act):
        """Run a request, and then what it left for after its commit: its frames go onto the lines."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = act()
        frames, self.announced[:] = list(self.announced), []
        self.switchboard._deliver_all([frame for frame in frames if "texts" in frame])
        if not self.slow:
            self.frames_arrive([], False, False)
        return answer

    # Pages and lines -------------------------------------------------------------------------------------------------

    def show(self, device, talk):
        device.disconnect(self.switchboard)
        device.open(talk)
        self.connect(device)

    def connect(self, device):
        device.connect(self.switchboard, lambda line: numbers_of(employees_of(line), set(line.watching)))
        self.page_is_complete(device)

    def signs_in(self, device):
        if not device.signed_in:
            device.person.client.force_login(device.user, backend="accounts.backends.WecomBackend")

    @rule(lost=st.lists(st.booleans(), max_size=8), backwards=st.booleans(), slow=st.booleans())
    def frames_arrive(self, lost, backwards, slow):
        """Some are lost and some overtake others. `slow`: those to come wait for the next time."""
        for device in self.devices:
            frames = [frame for number, frame in enumerate(device.heard) if not any(lost[number : number + 1])]
            device.heard = []
            for frame in reversed(frames) if backwards else frames:
                device.page.hear(frame)
        self.slow = slow

    @rule(device=ANY_DEVICE, pick=PICK, killed=st.booleans())
    def a_line_or_a_page_is_lost_and_comes_back(self, device, pick, killed):
        """A socket that is cut; or a client that forgets everything but its outbox, and opens some request."""
        device = self.devices[device]
        if not self.shut(device):
            self.show(device, self.talk(pick)) if killed else self.connect(device)


def employees_of(line):
    return {line.user_id} if line.audience == EMPLOYEE else set()
