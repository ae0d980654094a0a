"""`python -m tests.bench callback`: who gets in at WeCom's door, and how long it takes to answer (docs/reliability.md)."""

import random
import statistics
import threading
import time
from types import SimpleNamespace

import requests

from itdesk.environment import simulated_callback
from tests.stack.installation import Installation, OwnDatabase, redis_address
from wecom.tests.callbacks import Phone, sealed_text
from wecom.tests.hostile_envelopes import BOMBS, flipped

FLIPS, REPLAYS, GENUINE, EACH = 240, 50, 200, 50
MEMBERS = ("zhangwei", "lina", "chenjie", "yangfan", "gaoxia", "luoyun", "dengbo", "suxin")


def main(words=()):
    print("| profile | what | answers | p50 ms | p99 ms | longest ms |\n|---|---|---|---|---|---|")
    with OwnDatabase() as database:
        measured("PostgreSQL and Redis", database.url, redis_address())
    measured("SQLite", "", "")


def measured(profile, database_url, redis_url):
    installation = Installation(database_url, redis_url)
    installation.environment["RATE_CALLBACK"] = "1000000/m"
    try:
        installation.prepare()
        Door(profile, installation, installation.serve()).measure()
    finally:
        installation.end()


class Door:
    def __init__(self, profile, installation, server):
        token, key = simulated_callback(installation.environment["DJANGO_SECRET_KEY"])
        keys = SimpleNamespace(WECOM_CORP_ID="ww-demo", WECOM_CALLBACK_TOKEN=token, WECOM_CALLBACK_AES_KEY=key)
        self.profile, self.phone, self.url = profile, Phone(keys), f"{server.url}/wecom/callback"
        self.line = threading.local()

    def measure(self):
        self.knock(self.said("zhangwei", "the first one warms up"))
        once = self.said("zhangwei", "again and again")
        query, _body = self.said("zhangwei", "wrapped around a bomb")
        self.tell("flipped", [self.knock(each) for each in self.flips()])
        self.tell("replayed", [self.knock(once) for _ in range(REPLAYS)])
        self.tell("bombs", [self.knock((query, bomb)) for bomb in BOMBS.values()])
        self.tell("genuine, one by one", [self.knock(self.said("lina", str(n))) for n in range(GENUINE)])
        self.tell(f"genuine, {len(MEMBERS)} at once", self.crowd())

    def said(self, userid, text):
        return self.phone.envelope(self.phone.message(userid, "text", Content=text))

    def flips(self):
        rng = random.Random(5)  # noqa: S311
        for number in range(FLIPS):
            query, body = self.said("zhangwei", f"flip {number}")
            sealed = sealed_text(body)
            yield (
                (query, body.replace(sealed, flipped(sealed, rng)))
                if number % 2
                else ({**query, "msg_signature": flipped(query["msg_signature"], rng)}, body)
            )

    def crowd(self):
        answers = []
        threads = [threading.Thread(target=self._talk, args=(userid, answers)) for userid in MEMBERS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def _talk(self, userid, answers):
        answers += [self.knock(self.said(userid, str(number))) for number in range(EACH)]

    def knock(self, envelope):
        """→ (status, milliseconds)"""
        if not hasattr(self.line, "session"):
            self.line.session = requests.Session()
        query, body = envelope
        began = time.perf_counter()
        raw = body.encode() if isinstance(body, str) else body
        status = self.line.session.post(self.url, params=query, data=raw, timeout=30).status_code
        return status, (time.perf_counter() - began) * 1000

    def tell(self, what, answers):
        took = sorted(each for _status, each in answers)
        counts = {
            status: sum(each == status for each, _ in answers) for status in sorted({each for each, _ in answers})
        }
        told = ", ".join(f"{count} × {status}" for status, count in counts.items())
        p99 = took[min(len(took) - 1, round(len(took) * 0.99))]
        print(
            f"| {self.profile} | {what} | {told} | {statistics.median(took):.0f} | {p99:.0f} | {took[-1]:.0f} |",
            flush=True,
        )
