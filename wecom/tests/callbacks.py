"""WeCom as the callback sees it: seals what members do, and posts it through the real door."""

import itertools
import time
from urllib.parse import urlencode

from django.test import Client

from wecom.crypto import Codec

REFUSAL = b"bad request"
numbers = itertools.count(7_300_000_000_000_000_001)


class Phone:
    """WeCom's side of one app: `phone.writes("zhangwei", "…")` posts a sealed envelope. → the answer."""

    def __init__(self, settings, **keys):
        self.corp = settings.WECOM_CORP_ID
        self.codec = Codec(
            keys.get("token", settings.WECOM_CALLBACK_TOKEN),
            keys.get("aes_key", settings.WECOM_CALLBACK_AES_KEY),
            keys.get("receive_id", self.corp),
        )
        self.browser = Client(enforce_csrf_checks=True)

    def writes(self, userid, text, **more):
        return self.post(self.message(userid, "text", Content=text, **more))

    def does(self, userid, event, **more):
        return self.post(self.event(userid, event, **more))

    def message(self, userid, kind, **fields):
        """The XML of one message, with a new MsgId unless there is one among the fields."""
        return xml(
            {**self._common(userid), "MsgType": kind, "MsgId": str(next(numbers)), "AgentID": "1000002", **fields}
        )

    def event(self, userid, event, **fields):
        return xml({**self._common(userid), "MsgType": "event", "Event": event, "AgentID": "1000002", **fields})

    def post(self, plain):
        return self.send(*self.envelope(plain))

    def envelope(self, plain, *, at=None, nonce="1372623149"):
        """→ (query, body) as WeCom would send them, at a time (seconds) or now."""
        timestamp = str(int(time.time() if at is None else at))
        encrypt, signature = self.codec.seal(as_bytes(plain), timestamp=timestamp, nonce=nonce)
        query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
        return query, xml({"ToUserName": self.corp, "AgentID": "1000002", "Encrypt": encrypt})

    def send(self, query, body):
        address = f"/wecom/callback?{urlencode(query)}"
        return self.browser.post(address, as_bytes(body), content_type="text/xml")

    def _common(self, userid):
        return {"ToUserName": self.corp, "FromUserName": userid, "CreateTime": str(int(time.time()))}


def as_bytes(text):
    return text.encode() if isinstance(text, str) else text


def xml(fields):
    return f"<xml>{''.join(element(name, value) for name, value in fields.items())}</xml>"


def element(name, value):
    if isinstance(value, list):
        return "".join(element(name, each) for each in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(element(*each) for each in value.items())}</{name}>"
    inside = value.replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{inside}]]></{name}>"


def sealed_text(body):
    """What stands in a body's Encrypt."""
    return body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]


def is_refused(response):
    return (response.status_code, response.content) == (400, REFUSAL)
