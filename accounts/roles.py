"""The only code that gives or takes a role or a place in the house; commands, admin and first login all come here.

Each function answers whether anything changed, writes one audit row when it did, and tells open sockets after commit.
`channel` says where the change came from: admin, command, login, directory or demo; `by` is the person, None for a
program.
"""

import re

from django.db import transaction
from django.utils import timezone

from . import signals
from .models import AuditEntry, Role, RoleGrant, User

DEFAULT_ROLES = ((Role.USER, "员工"), (Role.AGENT, "客服"), (Role.ADMIN, "管理员"))
DIRECTORY = "directory"  # the channel of what WeCom's directory says
USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")  # WeCom's own rule


class UnknownRole(Exception):
    """No role has this code."""


def init_roles():
    """Make the three roles where they are missing; names that an administrator changed stay. Returns the new codes."""
    made = []
    for code, name in DEFAULT_ROLES:
        _, created = Role.objects.get_or_create(code=code, defaults={"name": name})
        if created:
            made.append(code)
    return made


def grant(user, code, *, channel, by=None):
    """Give `user` the role `code`; holding it already changes nothing. Raises UnknownRole."""
    with transaction.atomic():
        user, role = _locked(user), _role(code)
        if RoleGrant.objects.filter(user=user, role=role, revoked_at=None).exists():
            return False
        RoleGrant.objects.create(user=user, role=role, granted_by=by)
        record(user, "role.granted", channel, by, role=code)
        _tell(user)
        return True


def revoke(user, code, *, channel, by=None):
    """Take the role `code` from `user`; not holding it changes nothing. Raises UnknownRole.

    The next request and, within 5 s, every open socket of that person feel it.
    """
    with transaction.atomic():
        user, role = _locked(user), _role(code)
        live = RoleGrant.objects.filter(user=user, role=role, revoked_at=None)
        if not live.update(revoked_at=timezone.now(), revoked_by=by):
            return False
        record(user, "role.revoked", channel, by, role=code)
        _tell(user)
        return True


def deactivate(user, *, channel, by=None):
    """Shut `user` out: no login, every session ended for good, sockets closed. The roles wait for a return."""
    return _set_active(user, False, "user.deactivated", channel, by)


def activate(user, *, channel, by=None):
    """Let `user` in again with the roles of before; they have to sign in anew."""
    return _set_active(user, True, "user.activated", channel, by)


def left_by_directory(user):
    """Whether `user` was shut out last because WeCom did not show them any more, and not by an administrator."""
    turns = AuditEntry.objects.filter(subject=user, action="user.deactivated").order_by("-id")
    return turns.values_list("channel", flat=True).first() == DIRECTORY


def rename(user, userid, *, channel):
    """The same person under another WeCom userid; roles, requests and sessions stay. Raises IntegrityError where somebody
    else is known by it."""
    with transaction.atomic():
        user = _locked(user)
        if user.userid == userid:
            return False
        before, user.userid = user.userid, userid
        user.save(update_fields=["userid", "userid_key", "username"])
        record(user, "user.renamed", channel, before=before, after=userid)
        return True


def enrol(corp_id, userid, *, channel, by=None):
    """The row of a WeCom member, made with the role user when the person never signed in. Returns (user, made)."""
    with transaction.atomic():
        user = User.objects.member(corp_id, userid)
        if user is not None:
            return user, False
        user = User.objects.create(corp_id=corp_id, userid=userid)
        record(user, "user.enrolled", channel, by)
        grant(user, Role.USER, channel=channel, by=by)
        return user, True


def other_admins(user):
    """The administrators who would be left without `user`."""
    live = RoleGrant.objects.filter(role__code=Role.ADMIN, revoked_at=None, user__is_active=True)
    return live.exclude(user_id=user.pk)


def record(user, action, channel, by=None, **facts):
    """Add the audit row of one change; `facts` must hold nothing secret."""
    return AuditEntry.objects.create(actor=by, channel=channel, action=action, subject=user, facts=facts)


def _tell(user):
    """After commit, have every open socket of `user` look at its rights again; pages look at each request."""
    transaction.on_commit(lambda: signals.rights_changed.send_robust(User, user_id=user.pk), robust=True)


def _set_active(user, active, action, channel, by):
    with transaction.atomic():
        user = _locked(user)
        if user.is_active == active:
            return False
        user.is_active = active
        user.session_epoch += 1
        user.save(update_fields=["is_active", "session_epoch"])
        record(user, action, channel, by)
        _tell(user)
        return True


def _locked(user):
    # Two administrators at once: the row lock orders them, so that one changes it and the other finds it done.
    return User.objects.select_for_update().get(pk=user.pk)


def _role(code):
    try:
        return Role.objects.get(code=code)
    except Role.DoesNotExist:
        raise UnknownRole(code) from None
