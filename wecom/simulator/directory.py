"""The demo company's members and departments, looked up as WeCom looks them up: without regard to case."""

from .members import MEMBERS

DEPARTMENTS = list(dict.fromkeys(member["department"] for member in MEMBERS))
FIRST_ID = 2  # 1 is the company itself


def member(userid):
    """The member's dict, or None."""
    return next((one for one in MEMBERS if one["userid"].lower() == userid.lower()), None)


def visible(userid):
    """Whether there is such a member and the app may see them."""
    found = member(userid)
    return bool(found and found["visible"])


def department_id(name):
    return DEPARTMENTS.index(name) + FIRST_ID


def department_name(number):
    """The department's name, or None."""
    if number == 1:
        return "演示公司"
    return DEPARTMENTS[number - FIRST_ID] if FIRST_ID <= number < FIRST_ID + len(DEPARTMENTS) else None


def matching(words):
    """Members whose userid, name, department or position contains `words`; grouped as they stand in the list."""
    words = words.strip().lower()
    fields = ("userid", "name", "department", "position")
    return [one for one in MEMBERS if not words or any(words in one[field].lower() for field in fields)]


def by_department(members):
    """`[(department, [member, …]), …]`, in the company's order."""
    grouped = {}
    for one in members:
        grouped.setdefault(one["department"], []).append(one)
    return list(grouped.items())


def face(one):
    """Which of the eight colours stands behind a member's initial."""
    return sum(map(ord, one["userid"])) % 8
