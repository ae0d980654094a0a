"""What happens to members, and what WeCom tells the app of it (WECOM 5, 8)."""

from . import directory, pushes
from .models import SimulatedMember

State = SimulatedMember.State


def happen(userid, state, name=""):
    """Put a member into a state, perhaps under another name, and send the events that go with it."""
    before = directory.anybody(userid)
    directory.change(userid, state=state, name=name if name != before["name"] else None)
    after = directory.anybody(userid)
    if before["state"] != after["state"]:
        for tell in _told(before["state"], after["state"]):
            tell(userid)
    elif before["name"] != after["name"]:
        pushes.contact_changed("update_user", userid)


def _told(before, after):
    """The events of a change of state, as functions of the userid."""
    if after == State.LEFT:
        return [_changed("delete_user"), _left_range]
    if before == State.LEFT:
        return [_changed("create_user"), *([_came_into_range] if after != State.HIDDEN else [])]
    if after == State.HIDDEN:
        return [_left_range]
    if before == State.HIDDEN:
        return [_came_into_range]
    return [_changed("update_user")]


def _changed(kind):
    return lambda userid: pushes.contact_changed(kind, userid)


def _left_range(userid):
    pushes.event(userid, "unsubscribe", EventKey="")


def _came_into_range(userid):
    pushes.event(userid, "subscribe", EventKey="")
