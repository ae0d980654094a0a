"""Waiting on the loop until something is so."""

import asyncio
import time

PAUSE = 0.03  # seconds between two looks


async def looking(look, seconds):
    """Look again and again for at most `seconds`. → whether it was so in the end"""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(PAUSE)
    return True
