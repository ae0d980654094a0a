"""To whom an app message goes (WECOM 3): `|`-joined strings, everybody, departments."""

from dataclasses import dataclass, field

from . import directory, rules
from .answers import Trouble

MOST = {"touser": 1000, "toparty": 100, "totag": 100}


@dataclass
class Recipients:
    """All userids in lower case."""

    reached: list = field(default_factory=list)
    invaliduser: list = field(default_factory=list)
    invalidparty: list = field(default_factory=list)
    invalidtag: list = field(default_factory=list)
    unlicenseduser: list = field(default_factory=list)

    def fields(self):
        """The fields of the answer, only those that hold something."""
        names = ("invaliduser", "invalidparty", "invalidtag", "unlicenseduser")
        return {name: "|".join(getattr(self, name)) for name in names if getattr(self, name)}


def read(body):
    """Who is meant. Raises Trouble."""
    if not any(body.get(name) for name in MOST):
        raise Trouble(82001, "some of required parameters are empty: touser, toparty and totag")
    found = Recipients()
    if body.get("touser") == "@all":
        for one in directory.everyone():
            _add(found, one["userid"].lower(), quiet=True)
        return found
    for userid in _names(body, "touser"):
        _add(found, userid.lower())
    for party in _names(body, "toparty"):
        add_party(found, party)
    found.invalidtag = _names(body, "totag")  # the demo company has no tags
    return found


def _names(body, name):
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise Trouble(int(rules.value("touser_text")), f"invalid parameter: {name} must be a string")
    names = list(dict.fromkeys(one for one in value.split("|") if one))
    if len(names) > MOST[name]:
        raise Trouble(40032 if name == "touser" else 40035, f"invalid list size: {name}")
    return names


def _add(found, userid, quiet=False):
    member = directory.member(userid)
    if not member or not member["visible"] or member["state"] == "disabled":
        if not quiet and userid not in found.invaliduser:
            found.invaliduser.append(userid)
    elif member["state"] == "unlicensed":
        found.unlicenseduser.append(userid)
    elif userid not in found.reached:
        found.reached.append(userid)


def add_party(found, party):
    number = int(party) if party.isdecimal() and len(party) < 10 else None
    if directory.department_name(number) is None:
        found.invalidparty.append(party)
        return
    for department in directory.branch(number):
        for one in directory.members_of(department):
            _add(found, one["userid"].lower(), quiet=True)
