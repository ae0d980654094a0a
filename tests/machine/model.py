"""What must be true after each step, kept without a look into the product: a list of lines and a table of states."""

from dataclasses import dataclass, field

# action → {status before: status after}; written by hand, so that a changed table of the product is noticed here.
ALLOWED = {
    "claim": {"queued": "assigned"},
    "release": {"assigned": "queued"},
    "transfer": {"queued": "assigned", "assigned": "assigned"},
    "resolve": {"queued": "resolved", "assigned": "resolved"},
    "reopen": {"resolved": "assigned"},
}


@dataclass(frozen=True)
class Line:
    """One accepted line; a line of the system has neither author nor content here."""

    sender_type: str
    author: str = ""
    client_id: str = ""
    content: str = ""
    internal: bool = False


@dataclass
class Talk:
    """One conversation. `lines[n]` has the seq n + 1; `touched` is the step of its last public line."""

    id: str
    lines: list = field(default_factory=list)
    status: str = "queued"
    owner: str = ""
    touched: int = 0
    version: int = 0
    read: dict = field(default_factory=dict)

    @property
    def last_seq(self):
        return len(self.lines)

    @property
    def last_public_seq(self):
        return max((seq for seq, line in enumerate(self.lines, 1) if not line.internal), default=0)

    def seen_by(self, audience):
        """`[(prev_seq, seq, line)]` as this audience counts them."""
        seen, before = [], 0
        for seq, line in enumerate(self.lines, 1):
            if audience == "agents" or not line.internal:
                seen.append((before, seq, line))
                before = seq
        return seen

    def unread_by_employee(self, userid):
        """How many public lines of others the employee has not read."""
        read = self.read.get(userid, 0)
        theirs = [seq for _, seq, line in self.seen_by("employee") if line.sender_type != "employee"]
        return sum(seq > read for seq in theirs)


class Desk:
    """All conversations of one employee, and every message that was accepted."""

    def __init__(self, employee):
        self.employee = employee
        self.talks, self.accepted, self.clock = [], {}, 0

    def newest_open(self):
        """Where words without a conversation go, or None."""
        return max(
            (talk for talk in self.talks if talk.status != "resolved"), key=lambda talk: talk.touched, default=None
        )

    def add(self, talk, line):
        self.clock += 1
        talk.lines.append(line)
        talk.touched = talk.touched if line.internal else self.clock
        if line.client_id:
            self.accepted[line.author, line.client_id] = (talk, talk.last_seq)

    def notice(self, talk):
        self.add(talk, Line("system"))

    def employee_writes(self, talk, item):
        """Words into a resolved conversation reopen it; nobody has it then."""
        if talk.status == "resolved":
            talk.status, talk.owner = "queued", ""
            self.notice(talk)
        self.add(talk, Line("employee", self.employee, item.client_id, item.content))

    def judge_reply(self, talk, agent, item):
        """The status that an agent's new words are answered with."""
        based = talk.last_seq if item.based_on is None else item.based_on
        between = [line for line in talk.lines[based:] if line.author not in ("", agent)]
        return 409 if between or (talk.status == "resolved" and not item.internal) else 201

    def agent_writes(self, talk, agent, item):
        """A public answer to somebody whom nobody has takes them first."""
        if not item.internal and not talk.owner:
            talk.status, talk.owner = "assigned", agent
            self.notice(talk)
        self.add(talk, Line("agent", agent, item.client_id, item.content, item.internal))

    def judge_action(self, talk, agent, action, version, to):
        """The status that an action is answered with."""
        if action == "transfer" and talk.owner == to:
            return 409
        if action == "claim" and talk.owner == agent and talk.status == "assigned":
            return 200
        fresh = version is None or version == talk.version
        return 200 if fresh and talk.status in ALLOWED[action] else 409

    def act(self, talk, agent, action, to):
        """What an action that was answered with 200 changed."""
        if action == "claim" and talk.owner == agent and talk.status == "assigned":
            return
        talk.status = ALLOWED[action][talk.status]
        talk.owner = {"release": "", "transfer": to, "resolve": talk.owner}.get(action, agent)
        self.notice(talk)

    def returns_orphans(self, agent):
        """What an agent without the role still had goes back into the queue."""
        for talk in self.talks:
            if talk.owner == agent and talk.status == "assigned":
                talk.status, talk.owner = "queued", ""
                self.notice(talk)
