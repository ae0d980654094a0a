"""The only code that gives or takes a role; the command, the admin and the first login all come here."""

from django.db import transaction
from django.utils import timezone

from . import signals
from .models import AuditEntry, Role, RoleGrant, User

DEFAULT_ROLES = ((Role.USER, "员工"), (Role.AGENT, "客服"), (Role.ADMIN, "管理员"))


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
    """Give `user` the role `code`; holding it already changes nothing. Returns whether it changed.

    `channel`: admin, command, login or demo. Raises UnknownRole.
    """
    with transaction.atomic():
        user, role = _locked(user), _role(code)
        if RoleGrant.objects.filter(user=user, role=role, revoked_at=None).exists():
            return False
        RoleGrant.objects.create(user=user, role=role, granted_by=by)
        _changed(user, "role.granted", code, channel, by)
        return True


def revoke(user, code, *, channel, by=None):
    """Take the role `code` from `user`; not holding it changes nothing. Returns whether it changed.

    The next request and, within 5 s, every open socket of that person feel it. Raises UnknownRole.
    """
    with transaction.atomic():
        user, role = _locked(user), _role(code)
        live = RoleGrant.objects.filter(user=user, role=role, revoked_at=None)
        if not live.update(revoked_at=timezone.now(), revoked_by=by):
            return False
        _changed(user, "role.revoked", code, channel, by)
        return True


def _locked(user):
    # Two administrators at once: the row lock orders them, so epoch and audit tell the same story.
    return User.objects.select_for_update().get(pk=user.pk)


def _role(code):
    try:
        return Role.objects.get(code=code)
    except Role.DoesNotExist:
        raise UnknownRole(code) from None


def _changed(user, action, code, channel, by):
    AuditEntry.objects.create(actor=by, channel=channel, action=action, subject=user, facts={"role": code})
    bump_epoch(user)


def bump_epoch(user):
    """Make every open socket and page of `user` look at its rights again, after this transaction commits."""
    user.role_epoch += 1
    user.save(update_fields=["role_epoch"])
    transaction.on_commit(lambda: signals.rights_changed.send_robust(User, user_id=user.pk), robust=True)
