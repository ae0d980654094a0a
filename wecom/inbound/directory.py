"""News of the directory: who came, changed or left. What is true now, WeCom is asked; an event may come late or twice."""

from jobs.queue import enqueue

from .. import directory
from ..directory_jobs import CHECK_MEMBER
from .registry import on_event

OF_MEMBERS = {"create_user", "update_user", "delete_user"}


@on_event("change_contact")
def contact_changed(entry):
    """`NewUserID`: the same person is called so from now on."""
    if entry.text("ChangeType") not in OF_MEMBERS:
        return
    userid, renamed = entry.text("UserID"), entry.text("NewUserID") or entry.text("NewUserId")
    if renamed:
        directory.rename(userid, renamed)
    _check(renamed or userid)


@on_event("unsubscribe")
def left_the_range(entry):
    """The member cannot see the app any more."""
    _check(entry.userid)


def _check(userid):
    if userid:
        enqueue(CHECK_MEMBER, userid=userid[:64])
