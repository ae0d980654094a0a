"""Who stands behind a login code, as a person of ours."""

import logging

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import roles
from accounts.models import Role, RoleGrant, User

from .errors import NOT_VISIBLE, WecomError

GONE = {2, 5}  # WeCom's member status: disabled, left

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """Who came may not sign in. `kind`: outsider, invisible or inactive."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def admit(client, code):
    """The active person who came with `code`; made at the first login. Raises Refusal, WecomError.

    Calls WeCom up to three times, so never inside a transaction.
    """
    return _admitted(client, _userid(client.user_info(code)))


def sender(client, userid):
    """The active person who writes to the app's chat; made at the first word. Raises Refusal, WecomError.

    WeCom is asked only for somebody we do not know, or who had left: never inside a transaction.
    """
    user = User.objects.member(settings.WECOM_CORP_ID, userid)
    if user is None or (not user.is_active and roles.left_by_directory(user)):
        return _admitted(client, _userid({"userid": userid}))
    if not user.is_active:
        raise Refusal("inactive")
    return user


def _admitted(client, userid):
    member = _member(client, userid)
    if has_left(member):
        raise Refusal("inactive")
    user = _person(userid, facts_of(member, department_of(client, member)))
    if not user.is_active:
        raise Refusal("inactive")
    return user


def _userid(info):
    """The member's userid and nothing else makes an identity; an OpenId or a partner's member is somebody else's."""
    userid = info.get("userid") or info.get("UserId") or ""
    if not isinstance(userid, str) or not userid or "/" in userid or len(userid) > 64:
        raise Refusal("outsider")
    return userid


def _member(client, userid):
    try:
        member = client.user(userid)
    except WecomError as error:
        if error.code in NOT_VISIBLE:
            raise Refusal("invisible") from None
        raise
    if str(member.get("userid", "")).lower() != userid.lower():
        raise Refusal("invisible")
    return member


def has_left(member):
    """Whether WeCom keeps this member as disabled or gone."""
    return member.get("status") in GONE


def facts_of(member, department):
    """What is shown of a person; WeCom may withhold any of it, then what we know already stays."""
    known = {"name": member.get("name"), "position": member.get("position"), "department": department}
    return {
        field: value[: User._meta.get_field(field).max_length]
        for field, value in known.items()
        if isinstance(value, str) and value
    }


def departments_of(member):
    """Ids of the departments, the main one first."""
    ids = [member.get("main_department"), *(member.get("department") or [])]
    return [one for one in ids if isinstance(one, int) and one > 0]


def department_of(client, member):
    """The name of the member's department, or None."""
    number = next(iter(departments_of(member)), None)
    if number is None:
        return None
    try:
        return client.department(number).get("name")
    except WecomError:
        return None  # a department's name is no reason to keep somebody out


def update(user, facts):
    """Write what is new of `facts` (from `facts_of`). Returns whether anything was."""
    changed = [field for field, value in facts.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, facts[field])
    if changed:
        user.save(update_fields=changed)
    return bool(changed)


def _person(userid, facts):
    user = User.objects.member(settings.WECOM_CORP_ID, userid) or _new_person(userid, facts)
    if not user.is_active and _is_somebody_else(user, facts):
        logger.warning("wecom: member %s has another name than who left; an administrator decides", userid)
        raise Refusal("inactive")
    update(user, facts)
    if not user.is_active and roles.left_by_directory(user):
        # They came back: WeCom shows them again. Whom an administrator shut out stays outside.
        roles.activate(user, channel="login")
        user.refresh_from_db()
    if user.is_active:
        _first_role(user)
    return user


def _is_somebody_else(user, facts):
    """WeCom gives a leaver's userid again, and nothing else tells two people apart: who is called otherwise must not come
    into the other one's roles and requests by themselves."""
    return bool(user.name and facts.get("name") and facts["name"] != user.name)


def _new_person(userid, facts):
    try:
        with transaction.atomic():
            return User.objects.create(corp_id=settings.WECOM_CORP_ID, userid=userid, **facts)
    except IntegrityError:  # the same member signs in on two devices for the first time
        return User.objects.member(settings.WECOM_CORP_ID, userid)


def _first_role(user):
    """Everybody may ask for help, from the first login on; but what an administrator took away stays away."""
    if not RoleGrant.objects.filter(user=user, role__code=Role.USER).exists():
        roles.init_roles()
        roles.grant(user, Role.USER, channel="login")
