"""A page's line to the server, as slow as a test wants it and cut when it wants; and files that take their time on it."""

import io
import random

from PIL import Image

from conversations.commands import uploads

ON_ITS_WAY = 60_000  # ms for a file on a slow line
HAS_COME = """(part) => {
  const bar = document.querySelector("#messages [data-message] progress:not([hidden])");
  return bar && bar.value >= part;
}"""


class Uplink:
    """The line of one page; Chromium itself slows and cuts it, in the middle of a piece as anywhere else."""

    def __init__(self, page, kilobytes):
        self.page, self._rate = page, kilobytes * 1024
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._become(offline=False)

    def cut(self):
        self._become(offline=True)

    def back(self):
        self._become(offline=False)

    def _become(self, offline):
        rates = {"latency": 20, "downloadThroughput": -1, "uploadThroughput": self._rate}
        self._session.send("Network.emulateNetworkConditions", {"offline": offline, **rates})

    def wait_for(self, part):
        """Until the bar of the message that is on its way stands at `part`, from 0 to 1.

        What is done then comes later on a busy machine: the line is slow enough when the rest takes some seconds.
        """
        self.page.wait_for_function(HAS_COME, arg=part, timeout=ON_ITS_WAY)


class Pieces:
    """What the server is given: `(upload id, offset, bytes)` of every piece, in order."""

    def __init__(self, monkeypatch):
        self.given = []
        take = uploads.take_chunk

        def noted(*, owner, upload_id, offset, chunk):
            self.given.append((str(upload_id), offset, len(chunk)))
            return take(owner=owner, upload_id=upload_id, offset=offset, chunk=chunk)

        monkeypatch.setattr(uploads, "take_chunk", noted)

    @property
    def ids(self):
        return list(dict.fromkeys(upload_id for upload_id, _offset, _size in self.given))

    @property
    def bytes(self):
        return sum(size for _id, _offset, size in self.given)


def noise(kilobytes, name="屏幕.png", seed=1):
    """A PNG of about this size that no compression makes smaller, as a file to choose."""
    side = int((kilobytes * 1024 / 3) ** 0.5)
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3)).save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def choose(place, *files):
    """Pick these files, as with the picker."""
    place.page.locator("input[data-files]:not([accept])").set_input_files(list(files))
