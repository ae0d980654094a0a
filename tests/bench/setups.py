"""The set-ups in which applications are compared. The floor stands in each of them beside the desk."""

from .stands import Desk, Floor, Old

SETUPS = {
    # SQLite and the in-memory layer, one process; the old shape knew nothing else.
    "memory": lambda **how: [
        Floor(name="floor"),
        Desk(name="desk", **how),
        Old(name="old shape"),
        Desk(name="desk on uvicorn", uvicorn=True, **how),
    ],
    # PostgreSQL and Redis, one process.
    "redis": lambda **how: [
        Floor(name="floor", real_parts=True),
        Desk(name="desk", real_parts=True, **how),
    ],
    # The same with two Daphne processes behind one Redis.
    "redis2": lambda **how: [
        Floor(name="floor", real_parts=True, count=2),
        Desk(name="desk", real_parts=True, count=2, **how),
    ],
}
