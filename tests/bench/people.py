"""Makes the people of a run in the database of an installation: `python -m tests.bench.people AGENTS EMPLOYEES`.

Prints `{"agents": [cookie, …], "employees": [{"cookie", "csrf", "conversation_id"}, …]}`. They are signed in as the
callback of WeCom signs people in, and each employee has one open request.
"""

import json
import sys
import uuid

import django


def main(agents, employees):
    django.setup()
    from accounts.models import Role, User
    from accounts.roles import init_roles

    init_roles()
    roles = {role.code: role for role in Role.objects.all()}
    made = {"agents": [], "employees": []}
    for person in _people(User, roles, "agent", agents, [Role.USER, Role.AGENT]):
        made["agents"].append(_cookie(person)["cookie"])
    for person in _people(User, roles, "employee", employees, [Role.USER]):
        made["employees"].append({**_cookie(person), "conversation_id": _request_of(person)})
    print(json.dumps(made))


def _people(users, roles, name, count, codes):
    from accounts.models import RoleGrant

    rows = [users(corp_id="ww-demo", userid=f"{name}{number}", name=f"{name} {number}") for number in range(count)]
    for row in rows:
        row.userid_key, row.username = row.userid, f"{row.userid}@ww-demo"
    rows = users.objects.bulk_create(rows)
    RoleGrant.objects.bulk_create(RoleGrant(user=row, role=roles[code]) for row in rows for code in codes)
    return rows


def _cookie(person):
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest
    from django.middleware.csrf import get_token

    request = HttpRequest()
    request.session = SessionStore()
    login(request, person, backend="accounts.backends.WecomBackend")
    request.session.save()
    get_token(request)
    csrf = request.META["CSRF_COOKIE"]
    return {"cookie": f"sessionid={request.session.session_key}; csrftoken={csrf}", "csrf": csrf}


def _request_of(person):
    from conversations.commands.messages import post_message

    message, _ = post_message(author=person, content="打印机连不上了", client_id=uuid.uuid4())
    return str(message.conversation_id)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
