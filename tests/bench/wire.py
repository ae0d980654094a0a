"""HTTP and WebSocket by hand: a load generator in Python must cost less than the server that it loads."""

import base64
import os
import struct

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def handshake(host, port, path, cookie=""):
    """The request that opens a socket. No compression is offered."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def masked(opcode, payload=b""):
    """A short frame of a client; the mask of zeros leaves the payload as it is."""
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload


def frames(buffer):
    """Whole frames at the beginning of `buffer` (bytes). → list of (opcode, payload), number of bytes used"""
    found, at, size = [], 0, len(buffer)
    while at + 2 <= size:
        length, start = buffer[at + 1] & 0x7F, at + 2
        if length == 126:
            if at + 4 > size:
                break
            length, start = (buffer[at + 2] << 8) | buffer[at + 3], at + 4
        elif length == 127:
            if at + 10 > size:
                break
            length, start = struct.unpack_from("!Q", buffer, at + 2)[0], at + 10
        if start + length > size:
            break
        found.append((buffer[at] & 0x0F, buffer[start : start + length]))
        at = start + length
    return found, at


def post(host, port, path, body, headers):
    """The bytes of a POST on a connection that stays open."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def answer(reader):
    """One answer from an asyncio stream. → (status, body)"""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return status, await reader.readexactly(int(value))
        if name.lower() == b"transfer-encoding":
            return status, await _chunks(reader)
    return status, b""


async def _chunks(reader):
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)
