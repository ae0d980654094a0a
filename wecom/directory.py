"""Keeps what we know of our people in step with WeCom's directory, through the app's own secret (WECOM 8).

Three ways lead here, each of which may fail without the others: WeCom's events tell at once; every half hour all who may
hold a session are looked up one by one; each night the departments are walked, which brings names and positions too.
Whoever seems gone is looked up by name before anything happens: a department that was not answered, or is seen in part,
shuts nobody out. An error ends a look before its first change.

Of WeCom's limits (10,000 calls a minute and 150,000 an hour): 1,000 people who signed in this week are 2,000 calls an
hour; a night's walk over 400 departments is 401 calls and one for each who seems gone.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from accounts import roles
from accounts.models import User

from . import people
from .client import Client
from .errors import NOT_VISIBLE, WecomError
from .leaving import Occasion, Outcome, end_access, ours, settle
from .models import DirectoryRun

FRESH = timedelta(minutes=10)  # signing in was a look at WeCom by itself
KEEP = timedelta(days=90)
NO_DEPARTMENT = {60003, 60011, 60123}  # deleted meanwhile, or not visible

logger = logging.getLogger(__name__)


def sync():
    """The night's walk. Raises WecomError before anything was changed."""
    client, known = Client(), list(ours())
    members, departments = _walked(client)
    gone = []
    for user in known:
        member = members.get(user.userid_key)
        if member is None or people.has_left(member):
            # WeCom's range may name single members and tags, whom no department shows: only a look says who left.
            member = members[user.userid_key] = look(client, user.userid)
        if member is None:
            gone.append(user)
    changed = sum(_update(user, members[user.userid_key], departments) for user in known if members[user.userid_key])
    if end_access(gone, Occasion.NIGHT):
        settle()
        _note(Occasion.NIGHT, gone, looked_at=len(known), changed=changed)
    DirectoryRun.objects.filter(at__lt=timezone.now() - KEEP).exclude(outcome=Outcome.HELD).delete()


def check_signed_in():
    """Look up everybody who may hold a session. Raises WecomError before anything was changed."""
    now, client = timezone.now(), Client()
    oldest = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    known = list(ours().filter(last_login__gte=oldest, last_login__lt=now - FRESH))
    gone = [user for user in known if look(client, user.userid) is None]
    if gone and end_access(gone, Occasion.CHECK):
        _note(Occasion.CHECK, gone, looked_at=len(known))


def check_member(userid):
    """WeCom says that something about this member changed: look what it is."""
    user = User.objects.member(settings.WECOM_CORP_ID, userid)
    if user is None or not user.is_active:
        return
    client = Client()
    member = look(client, user.userid)
    if member is not None:
        people.update(user, people.facts_of(member, people.department_of(client, member)))
    elif end_access([user], Occasion.EVENT):
        _note(Occasion.EVENT, [user], looked_at=1)


def end_held(run_id):
    """An administrator confirmed the people of this run: those who are still gone lose access."""
    run = DirectoryRun.objects.get(pk=run_id)
    keys, client = [userid.lower() for userid in run.people], Client()
    for user in ours().filter(userid_key__in=keys):
        if look(client, user.userid) is None:
            roles.deactivate(user, channel=roles.DIRECTORY, by=run.decided_by)


def rename(before, after):
    """The same person under a new userid. Nothing changes where the new one is known already: it signed in first."""
    user = User.objects.member(settings.WECOM_CORP_ID, before)
    if user is None or not roles.USERID.fullmatch(after):
        return
    try:
        roles.rename(user, after, channel=roles.DIRECTORY)
    except IntegrityError:
        logger.warning("directory: member %s is now %s, who has signed in here as somebody new", before, after)


def look(client, userid):
    """The member as WeCom shows them now, or None for who left, was disabled or may not be seen. Raises WecomError."""
    try:
        member = client.user(userid)
    except WecomError as error:
        if error.code in NOT_VISIBLE:
            return None
        raise
    return None if people.has_left(member) else member


def _walked(client):
    """({userid in small letters: member}, {department id: name}) of what the departments show."""
    departments = {each["id"]: each.get("name") for each in client.departments() if isinstance(each.get("id"), int)}
    members = {}
    for number in departments:
        for member in _members(client, number):
            if isinstance(member.get("userid"), str):
                members[member["userid"].lower()] = member
    return members, departments


def _members(client, number):
    try:
        return client.members(number)
    except WecomError as error:
        if error.code in NO_DEPARTMENT:
            return []
        raise


def _update(user, member, departments):
    name = next((departments[each] for each in people.departments_of(member) if departments.get(each)), None)
    return people.update(user, people.facts_of(member, name))


def _note(occasion, gone, **numbers):
    names = sorted(user.userid for user in gone)
    DirectoryRun.objects.create(occasion=occasion, outcome=Outcome.DONE, people=names, **numbers)
