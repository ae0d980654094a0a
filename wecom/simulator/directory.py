"""The demo company's members and departments, looked up as WeCom looks them up: without regard to case."""

from .members import GROUPS, MEMBERS
from .models import SimulatedMember

DEPARTMENTS = list(dict.fromkeys(member["department"] for member in MEMBERS))
ROOT, FIRST_ID, FIRST_GROUP_ID = 1, 2, 101
COMPANY = "演示公司"
State = SimulatedMember.State


def everyone():
    """All members who have not left: dicts as in `members.py`, with what happened since put in, and `state`."""
    happened = {row.userid: row for row in SimulatedMember.objects.all()}
    found = [_now(one, happened.get(one["userid"].lower())) for one in MEMBERS]
    return [one for one in found if one["state"] != State.LEFT]


def member(userid):
    """The member's dict, or None."""
    found = anybody(userid)
    return found if found and found["state"] != State.LEFT else None


def anybody(userid):
    """As `member`, but also who has left."""
    first = next((one for one in MEMBERS if one["userid"].lower() == userid.lower()), None)
    return first and _now(first, SimulatedMember.objects.filter(userid=userid.lower()).first())


def visible(userid):
    """Whether there is such a member and the app may see them."""
    found = member(userid)
    return bool(found and found["visible"])


def change(userid, *, state=None, name=None):
    """Let something happen to a member. → whether anything is different now."""
    row, _created = SimulatedMember.objects.get_or_create(userid=userid.lower())
    before = (row.state, row.name)
    row.state, row.name = state or row.state, row.name if name is None else name
    row.save(update_fields=["state", "name"])
    return before != (row.state, row.name)


def _now(one, row):
    state = row.state if row else State.ACTIVE
    if not one["visible"] and state == State.ACTIVE:
        state = State.HIDDEN
    name = row.name if row and row.name else one["name"]
    return {**one, "name": name, "state": state, "visible": state not in {State.HIDDEN, State.LEFT}}


# Departments ---------------------------------------------------------------------------------------------------------
def department_id(name):
    return DEPARTMENTS.index(name) + FIRST_ID


def department_name(number):
    """The department's name, or None."""
    if number is None:
        return None
    if number == ROOT:
        return COMPANY
    if FIRST_GROUP_ID <= number < FIRST_GROUP_ID + len(GROUPS):
        return list(GROUPS)[number - FIRST_GROUP_ID]
    return DEPARTMENTS[number - FIRST_ID] if FIRST_ID <= number < FIRST_ID + len(DEPARTMENTS) else None


def parent_of(number):
    """The id of the department above; 0 above the company itself."""
    if number == ROOT:
        return 0
    for position, inside in enumerate(GROUPS.values()):
        if department_name(number) in inside:
            return FIRST_GROUP_ID + position
    return ROOT


def branch(number):
    """Ids of this department and of all below it."""
    below = [one for one in _department_ids() if parent_of(one) == number]
    return [number] + [deeper for one in below for deeper in branch(one)]


def members_of(number):
    """The visible members who stand directly in this department."""
    name = department_name(number)
    return [one for one in everyone() if one["department"] == name and one["visible"]]


def _department_ids():
    groups = range(FIRST_GROUP_ID, FIRST_GROUP_ID + len(GROUPS))
    return [*groups, *range(FIRST_ID, FIRST_ID + len(DEPARTMENTS))]


# For the simulator's own pages ---------------------------------------------------------------------------------------
def matching(words):
    """Members whose userid, name, department or position contains `words`; grouped as they stand in the list."""
    words = words.strip().lower()
    fields = ("userid", "name", "department", "position")
    return [one for one in everyone() if not words or any(words in one[field].lower() for field in fields)]


def by_department(members):
    """`[(department, [member, …]), …]`, in the company's order."""
    grouped = {}
    for one in members:
        grouped.setdefault(one["department"], []).append(one)
    return list(grouped.items())


def face(one):
    """Which of the eight colours stands behind a member's initial."""
    return sum(map(ord, one["userid"])) % 8
