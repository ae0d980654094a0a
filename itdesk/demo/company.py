"""The people of the demo company: who is an agent, in which group, and who is an administrator."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts import roles
from accounts.models import Role, RoleGrant, User
from conversations.models import Category, Group
from wecom.simulator.members import MEMBERS

CORP_ID = "ww-demo"
GROUPS = {
    "网络组": ["liyang", "heyu"],
    "桌面组": ["wangqiang", "tangjing", "maxiaofeng"],
    "应用组": ["fanglei", "guoyan", "zhaomin"],
}
ADMINISTRATORS = ["zhaomin", "qinfeng"]
ROUTES = {
    "vpn": "网络组", "mobile": "网络组", "printer": "桌面组", "computer": "桌面组", "meeting": "桌面组",
    "other": "桌面组", "account": "应用组", "mail": "应用组", "software": "应用组", "access": "应用组",
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """Everybody by userid; `groups`: the agents who play in each group's stories, whatever administrators did since."""

    by_userid: dict
    groups: dict
    categories: dict

    @property
    def agents(self):
        return [agent for agents in self.groups.values() for agent in agents]

    @property
    def employees(self):
        """Those who ask: everybody outside the service desk's own department."""
        return [user for user in self.by_userid.values() if user.department != "信息技术部"]


def enrol():
    """Make the members who are missing, with their roles; a role that was ever given or taken stays as it is."""
    visible = [member for member in MEMBERS if member["visible"]]
    people = {member["userid"]: _user(member) for member in visible}
    held = set(RoleGrant.objects.filter(user__in=people.values()).values_list("user_id", "role__code"))
    for userid, user in people.items():
        for code in _codes(userid):
            if (user.pk, code) not in held:
                roles.grant(user, code, channel="demo")
    groups = {name: [people[userid] for userid in userids] for name, userids in GROUPS.items()}
    return Company(people, groups, {category.code: category for category in Category.objects.select_related("group")})


def form_groups(company):
    """Make the groups and send each category to its group; only for a company that was never loaded."""
    for name, agents in company.groups.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.agents.add(*agents)
        codes = [code for code, route in ROUTES.items() if route == name]
        Category.objects.filter(code__in=codes, group=None).update(group=group)
    return Company(
        company.by_userid,
        company.groups,
        {category.code: category for category in Category.objects.select_related("group")},
    )


def _codes(userid):
    yield Role.USER
    if any(userid in userids for userids in GROUPS.values()):
        yield Role.AGENT
    if userid in ADMINISTRATORS:
        yield Role.ADMIN


def _user(member):
    corp_id = settings.WECOM_CORP_ID or CORP_ID
    user = User.objects.member(corp_id, member["userid"])
    if user is None:
        facts = {key: member[key] for key in ("userid", "name", "department", "position")}
        user = User.objects.create(corp_id=corp_id, **facts)
        # They have been with the desk for longer than their oldest request.
        user.created_at = timezone.now() - timedelta(days=75)
        user.save(update_fields=["created_at"])
    return user
