"""What a process asks the database for all its sockets at once: newest numbers, and whether they may stay."""

from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, RoleGrant, User

from ..models import Conversation
from ..states import OPEN

NEEDED_ROLE = {"employee": Role.USER, "agents": Role.AGENT}
NOT_SIGNED_IN, ROLE_LOST = 4401, 4403


@dataclass(frozen=True)
class Numbers:
    """`own`: per employee id, their open conversations; `any`: every conversation asked for. Values are
    `(public seq, seq, public version, version)` by conversation id."""

    own: dict
    any: dict


def numbers_of(employee_ids, conversation_ids):
    """The newest numbers of these employees' open conversations and of these conversations; one query, or none."""
    if not employee_ids and not conversation_ids:
        return Numbers({}, {})
    wanted = Q(employee_id__in=employee_ids, status__in=OPEN) | Q(pk__in=conversation_ids)
    rows = Conversation.objects.filter(wanted).values_list(
        "pk", "employee_id", "status", "last_public_seq", "last_seq", "version", "silent_changes"
    )
    own, found = {}, {}
    for pk, employee_id, status, public_seq, seq, version, silent in rows:
        found[pk] = (public_seq, seq, version - silent, version)
        if status in OPEN:
            own.setdefault(employee_id, {})[pk] = found[pk]
    return Numbers(own, found)


@dataclass(frozen=True)
class Rights:
    """Who may do what, and which sessions live, as of one moment. `active`: what each person's sessions hang on."""

    active: dict
    held: frozenset
    sessions: frozenset

    def verdict(self, socket):
        """The code to close this socket with, or None when it may stay."""
        hangs_on = self.active.get(socket.user_id)
        if hangs_on is None or socket.session_key not in self.sessions:
            return NOT_SIGNED_IN
        if socket.hangs_on not in (None, hangs_on):  # None: it is only being let in
            return NOT_SIGNED_IN
        if (socket.user_id, NEEDED_ROLE[socket.audience]) not in self.held:
            return ROLE_LOST
        return None


def rights_of(user_ids, session_keys):
    """Three queries for any number of sockets."""
    active = User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", "session_epoch", "password")
    return _rights({pk: hangs_on for pk, *hangs_on in active}, session_keys)


def people_and_rights(user_ids, session_keys):
    """`({user id: User}, Rights)`, of those who are active; for sockets that are new here. Three queries as well."""
    users = User.objects.filter(is_active=True).in_bulk(user_ids)
    return users, _rights({pk: [each.session_epoch, each.password] for pk, each in users.items()}, session_keys)


def _rights(active, session_keys):
    grants = RoleGrant.objects.filter(user__in=active, revoked_at=None)
    held = frozenset(grants.values_list("user_id", "role__code"))
    living = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    return Rights(active, held, frozenset(living.values_list("session_key", flat=True)))
