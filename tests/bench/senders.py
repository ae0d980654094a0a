"""A process that sends: `python -m tests.bench.senders < job`. One line of JSON in, one out.

Job: `{"places": [{"host", "port", "path", "headers", "fields"}, …], "run", "seconds", "rate"}`, one sender a place. Each
sender has one message on its way at a time, as a page's outbox has. `rate` 0: the next follows at once (a closed loop);
else so many messages a second of all senders together, and whoever falls behind sends its backlog without a pause.
"""

import asyncio
import json
import os
import sys
import time
from urllib.parse import urlencode

from . import stamp, wire

WORDS = "打印机 HP-401 卡纸，重启后还是提示 E-{number}，麻烦看一下。"


class Sender:
    def __init__(self, number, place, job):
        self.number, self.place, self.job = number, place, job
        self.sent, self.refused, self.delays = 0, 0, []

    async def send_all(self, began):
        self.reader, self.writer = await asyncio.open_connection(self.place["host"], self.place["port"])
        rate = self.job["rate"] / len(self.job["places"])
        due = began + (self.number / len(self.job["places"]) / rate if rate else 0)
        ends = began + self.job["seconds"]
        while (due if rate else time.monotonic()) < ends:
            if rate:
                await asyncio.sleep(max(0, due - time.monotonic()))
                due += 1 / rate
            await self.send_one()
        self.writer.close()

    async def send_one(self):
        self.sent += 1
        client_id = stamp.stamp(self.job["run"], self.number, self.sent)
        fields = {**self.place["fields"], "client_id": client_id, "content": WORDS.format(number=self.sent)}
        began = time.monotonic()
        form = "urlencoded" in self.place["headers"]["Content-Type"]
        body = (urlencode(fields) if form else json.dumps(fields)).encode()
        request = wire.post(self.place["host"], self.place["port"], self.place["path"], body, self.place["headers"])
        self.writer.write(request)
        status, words = await wire.answer(self.reader)
        self.delays.append(time.monotonic() - began)
        if status != 201:
            self.refused += 1
            print(status, words[:300], file=sys.stderr)


async def run(job):
    senders = [Sender(number, place, job) for number, place in enumerate(job["places"])]
    began = time.monotonic()
    await asyncio.gather(*(sender.send_all(began) for sender in senders))
    usage = os.times()
    return {
        "sent": {str(sender.number): sender.sent for sender in senders},
        "refused": sum(sender.refused for sender in senders),
        "began": int(began * 1e9),
        "ended": time.monotonic_ns(),
        "cpu": usage.user + usage.system,
        "delays": sorted(delay for sender in senders for delay in sender.delays),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.loads(sys.stdin.readline())))), flush=True)
