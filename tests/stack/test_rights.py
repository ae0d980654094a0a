"""Rights end while sockets are open; notes stay among agents. In both profiles."""

import json

import pytest

NOTE = "内部备注 kx7q2"


def test_a_role_taken_away_by_a_command_ends_the_socket_within_five_seconds(profile, stopwatch):
    agent = with_role(profile, "zhaomin")
    with agent.listen(profile.b) as ear:
        profile.installation.manage("assign_role", "zhaomin", "agent", "--remove")
        since = stopwatch()
        assert ear.closed(seconds=5) == 4403
        assert since() < 5
    assert agent.get(profile.a, "/agent/conversations").status_code == 403


def test_logout_ends_the_sockets_of_this_session_and_of_no_other(profile, zhangwei, stopwatch):
    elsewhere = type(zhangwei)("zhangwei", profile.b)
    with zhangwei.listen(profile.b) as here, elsewhere.listen(profile.b) as there:
        assert zhangwei.post(profile.a, "/itportal/logout").status_code in {200, 302, 303}
        since = stopwatch()
        assert here.closed(seconds=5) == 4401
        assert since() < 5
        with pytest.raises(TimeoutError):
            there.closed(seconds=0.5)
    assert zhangwei.get(profile.a, "/api/portal/roles").status_code == 401


def test_a_note_reaches_the_employee_by_no_way(profile, zhangwei, lina, wangqiang):
    asked = zhangwei.ask(profile.a, "电脑蓝屏")
    conversation = asked["conversation_id"]
    with zhangwei.listen(profile.b) as own, lina.listen(profile.b) as foreign, wangqiang.listen(profile.b) as colleague:
        own.tell(type="watch", conversation_id=conversation)
        note = wangqiang.answer(profile.a, conversation, NOTE, internal="true")
        assert note.status_code == 201
        assert NOTE in colleague.hear("new_message", id=note.json()["id"])["html"]
        last = wangqiang.answer(profile.a, conversation, "请重启").json()
        own.hear("new_message", id=last["id"])
        frames = json.dumps([own.heard, foreign.heard], ensure_ascii=False)
    assert NOTE not in frames
    for answer in everything_an_employee_can_ask(zhangwei, profile.a, conversation):
        assert NOTE not in answer.text, answer.url
    for answer in everything_an_employee_can_ask(lina, profile.a, conversation):
        assert NOTE not in answer.text, answer.url
    assert NOTE in json.dumps(wangqiang.history(profile.b, conversation), ensure_ascii=False)


def everything_an_employee_can_ask(person, server, conversation):
    messages = f"/itdesk/messages?conversation_id={conversation}"
    agent = f"/agent/conversations/{conversation}"
    paths = [
        "/itdesk/",
        f"/itdesk/c/{conversation}/",
        f"/itdesk/c/{conversation}/header",
        "/itdesk/requests/",
        messages,
    ]
    paths += [
        f"{messages}&after=0",
        f"{messages}&after=0&since=0",
        f"{messages}&before=99",
        f"/itdesk/c/{conversation}/?m=2",
    ]
    paths += [f"{agent}/", f"{agent}/messages?after=0", f"{agent}/row", f"{agent}/person", f"{agent}/header"]
    paths += ["/agent/", "/agent/conversations?view=all", "/agent/counts", "/wecom/simulator/phone/zhangwei/"]
    for path in paths:
        for accept in ("application/json", "text/html"):
            yield person.get(server, path, headers={"Accept": accept})
            yield person.get(server, path, headers={"Accept": accept, "HX-Request": "true"})


def with_role(profile, userid):
    from .people import Agent

    profile.installation.manage("assign_role", userid, "agent")
    return Agent(userid, profile.a)
