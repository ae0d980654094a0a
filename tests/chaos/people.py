"""Who takes part: signed in through the simulated WeCom as every test's people are, then at work on the loop."""

import asyncio
import json
import uuid
from urllib.parse import urlencode

from tests.stack.people import Person

EMPLOYEES = ("zhangwei", "chenjie", "liuyan", "hanmeiling", "xuchao", "dingyi", "zhouting", "wuhao")
AGENTS = ("wangqiang", "liyang", "heyu", "tangjing", "maxiaofeng", "fanglei")
AWAY = ("yangfan", "gaoxia", "zhengkai", "luoyun", "xiepeng", "dengbo")
STRANGER = "lina"
FORM = "application/x-www-form-urlencoded"


class Member:
    """A person with a session and the same two verbs as a page has: `get` and `post`. Both raise Broken."""

    def __init__(self, userid, session, weather):
        self.userid, self.weather = userid, weather
        self.cookies = "; ".join(f"{each.name}={each.value}" for each in session.http.cookies)
        self.headers = {
            "Cookie": self.cookies,
            "Accept": "application/json",
            "X-CSRFToken": session.http.cookies.get("csrftoken", ""),
        }

    async def get(self, path, **query):
        address = f"{path}?{urlencode(query)}" if query else path
        return await self.weather.ask(f"{self.userid} reads", ("GET", address, self.headers, b""))

    async def post(self, path, name, file=None, **fields):
        """`name`: what the weather knows this post by. `file`: (name, bytes) makes it multipart."""
        return await self.weather.ask(name, self.posting(path, file, **fields))

    def posting(self, path, file=None, **fields):
        """The request of a post, for `Wire.ask`."""
        kind, body = as_multipart(fields, file) if file else (FORM, urlencode(fields).encode())
        return "POST", path, {**self.headers, "Content-Type": kind}, body


def as_multipart(fields, file):
    line = uuid.uuid4().hex
    parts = [f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields]
    parts.append(f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n')
    parts.append("Content-Type: text/plain\r\n\r\n")
    body = "".join(parts).encode() + file[1] + f"\r\n--{line}--\r\n".encode()
    return f"multipart/form-data; boundary={line}", body


class Room:
    """One conversation: its employee, and whether somebody of theirs has it open (`away`: nobody has)."""

    def __init__(self, conversation_id, employee, away):
        self.id, self.employee, self.away = conversation_id, employee, away


async def sign_in(userids, server, weather):
    """→ {userid: Member}, one after the other as the rate of sign-ins is nobody's subject here."""
    return {userid: Member(userid, await asyncio.to_thread(Person, userid, server), weather) for userid in userids}


def reading_address(audience, room):
    """(path, query) of a thread for this audience."""
    if audience == "agents":
        return f"/agent/conversations/{room}/messages", {}
    return "/itdesk/messages", {"conversation_id": room}


def as_frame(**fields):
    return json.dumps(fields)
