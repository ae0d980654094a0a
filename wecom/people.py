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
    userid = _userid(client.user_info(code))
    member = _member(client, userid)
    if member.get("status") in GONE:
        raise Refusal("inactive")
    facts = _facts(client, member)
    user = _person(userid, facts)
    if not user.is_active:
        raise Refusal("inactive")
    return user


def sender(client, userid):
    """The active person who writes to the app's chat; made at the first word. Raises Refusal, WecomError.

    WeCom is asked only for somebody we do not know: never inside a transaction.
    """
    user = User.objects.member(settings.WECOM_CORP_ID, userid)
    if user is None:
        member = _member(client, _userid({"userid": userid}))
        if member.get("status") in GONE:
            raise Refusal("inactive")
        user = _person(userid, _facts(client, member))
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


def _facts(client, member):
    """What is shown of a person; WeCom may withhold any of it, then what we know already stays."""
    known = {"name": member.get("name"), "position": member.get("position"), "department": _department(client, member)}
    return {
        field: value[: User._meta.get_field(field).max_length]
        for field, value in known.items()
        if isinstance(value, str) and value
    }


def _department(client, member):
    ids = [member.get("main_department"), *(member.get("department") or [])]
    number = next((one for one in ids if isinstance(one, int) and one > 0), None)
    if number is None:
        return None
    try:
        return client.department(number).get("name")
    except WecomError:
        return None  # a department's name is no reason to keep somebody out


def _person(userid, facts):
    user = User.objects.member(settings.WECOM_CORP_ID, userid) or _new_person(userid, facts)
    changed = [field for field, value in facts.items() if getattr(user, field) != value]
    if changed:
        for field in changed:
            setattr(user, field, facts[field])
        user.save(update_fields=changed)
    if user.is_active:
        _first_role(user)
    return user


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
