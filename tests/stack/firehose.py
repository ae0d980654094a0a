"""Our server before an application that writes to each page as fast as it may: what a reader that stopped then costs.

`python -m tests.stack.firehose PORT`; says `listening`, `waits after N bytes`, `cut`.
"""

import asyncio
import os
import sys

import django

FRAME, FRAMES = "x" * 30_000, 10_000
STOPPED = 0.5  # seconds without progress after which the reader counts as stopped


async def application(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    written = 0

    async def write():
        nonlocal written
        for _ in range(FRAMES):
            await send({"type": "websocket.send", "text": FRAME})
            written += len(FRAME)

    writer, before = asyncio.ensure_future(write()), -1
    while before != written and not writer.done():
        before = written
        await asyncio.sleep(STOPPED)
    if writer.done():
        writer.result()
    print("waits after", written, "bytes", flush=True)
    await receive()
    writer.cancel()
    print("cut", flush=True)


def main(port):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itdesk.settings")
    django.setup()
    from itdesk.server import DeskServer

    DeskServer(
        application=application,
        endpoints=[f"tcp:port={port}:interface=127.0.0.1"],
        ping_interval=1,
        ping_timeout=1,
        ready_callable=lambda: print("listening", flush=True),
    ).run()


if __name__ == "__main__":
    main(sys.argv[1])
