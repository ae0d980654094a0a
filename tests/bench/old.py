"""The shape of the system that the desk replaces: FastAPI on uvicorn, and a loop over the open sockets in each request.

Default SQLite journal, no login, one process; each frame is encoded anew for each socket, as such code is written.
"""

import os
import sqlite3
import uuid

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from tests.bench.bubble import bubble

PATH = os.environ["OLD_DATABASE"]

app = FastAPI()
sockets: list[WebSocket] = []


def store(client_id, content):
    """→ the number of the stored message"""
    connection = sqlite3.connect(PATH, timeout=20)
    try:
        with connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, client_id TEXT, content TEXT)"
            )
            values = (str(uuid.UUID(client_id)), content)
            return connection.execute("INSERT INTO message (client_id, content) VALUES (?, ?)", values).lastrowid
    finally:
        connection.close()


class Words(BaseModel):
    client_id: str
    content: str


@app.post("/messages", status_code=201)
async def messages(words: Words):
    seq = await run_in_threadpool(store, words.client_id, words.content)
    html = bubble(words.client_id, words.content)
    frame = {"type": "new_message", "seq": seq, "client_id": words.client_id, "html": html}
    for socket in list(sockets):
        await socket.send_json(frame)
    return {"id": seq, "client_id": words.client_id}


@app.websocket("/ws/")
async def room(socket: WebSocket):
    await socket.accept()
    sockets.append(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        sockets.remove(socket)


@app.get("/healthz")
async def healthz():
    return PlainTextResponse("ok")
