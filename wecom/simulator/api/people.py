"""Who came, and the directory as a self-built app sees it: its visible range, without private fields (WECOM 2, 8)."""

from django.utils import timezone

from .. import directory, rules
from ..answers import Trouble
from ..calls import api
from ..models import SimulatedCode


@api("auth/getuserinfo")
def getuserinfo(request):
    now = timezone.now()
    code = SimulatedCode.objects.filter(code=request.GET.get("code", ""), expires_at__gt=now).first()
    # The conditional UPDATE spends it: of two exchanges at once one finds it unused.
    if code is None or not SimulatedCode.objects.filter(pk=code.pk, used_at=None).update(used_at=now):
        raise Trouble(40029, "invalid code")
    bare = rules.value("errcode_missing") == "yes"
    if not code.userid:
        return {"openid": f"oAAAA{code.code[:22]}", "external_userid": "", "without_errcode": bare}
    return {"userid": code.userid, "without_errcode": bare}


@api("user/get")
def user_get(request):
    if not request.GET.get("userid"):
        raise Trouble(41009, "missing userid")
    member = directory.member(request.GET["userid"])
    if member is None:
        raise Trouble(60111, "userid not found")
    if not member["visible"]:
        raise Trouble(60011, "no privilege to access/modify contact/party/agent")
    return _whole(member)


@api("user/simplelist")
def user_simplelist(request):
    members = directory.members_of(_department_id(request, "department_id"))
    return {"userlist": [_short(one) for one in members]}


@api("user/list")
def user_list(request):
    members = directory.members_of(_department_id(request, "department_id"))
    return {"userlist": [_whole(one) for one in members]}


@api("department/get")
def department_get(request):
    return {"department": _department(_department_id(request, "id"))}


@api("department/list")
def department_list(request):
    return {"department": [_department(number) for number in _branch(request)]}


@api("department/simplelist")
def department_simplelist(request):
    shown = ("id", "parentid", "order")
    found = [_department(number) for number in _branch(request)]
    return {"department_id": [{field: one[field] for field in shown} for one in found]}


def _branch(request):
    """The asked department and all below it; everything when none is named."""
    return directory.branch(_department_id(request, "id") if request.GET.get("id") else directory.ROOT)


def _department_id(request, field):
    given = request.GET.get(field, "")
    number = int(given) if given.isdecimal() and len(given) < 10 else None
    if directory.department_name(number) is None:
        raise Trouble(60003, "department not found")
    return number


def _department(number):
    return {
        "id": number,
        "name": directory.department_name(number),
        "name_en": "",
        "department_leader": [],
        "parentid": directory.parent_of(number),
        "order": 100_000_000 - number,
    }


def _short(member):
    return {
        "userid": member["userid"],
        "name": member["name"],
        "department": [directory.department_id(member["department"])],
    }


def _whole(member):
    """Apps made after 2022-06-20 get neither avatar, gender, mobile nor any mail address."""
    return {
        **_short(member),
        "main_department": directory.department_id(member["department"]),
        "order": [0],
        "is_leader_in_dept": [0],
        "direct_leader": [],
        "position": member["position"],
        "status": 2 if member["state"] == "disabled" else 1,
        "isleader": 0,
        "enable": 0 if member["state"] == "disabled" else 1,
        "alias": "",
        "telephone": "",
        "extattr": {"attrs": []},
        "hide_mobile": 0,
    }
