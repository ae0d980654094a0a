"""WeCom's in-app browser as far as a page can tell: its name, and the bridge that the real SDK speaks to.

The bridge asks this process whether a signature is right, with the ticket that the simulated WeCom gave out: it accepts
nothing else, and serves nobody whom it has not accepted, as the real client does.
"""

import base64
import hashlib

from wecom.models import SimulatedTicket
from wecom.simulator import media

ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 "
    "Mobile Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1 NetType/WIFI Language/zh ColorScheme/Light"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh"
)
DESKTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.6668.101 Safari/537.36 "
    "Language/zh ColorScheme/Light wxwork/4.1.36 (MicroMessenger/6.2) WindowsWechat"
)
WECHAT = "Mozilla/5.0 (Linux; Android 13; wv) Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.1"

BRIDGE = """
window.askedWecom = [];
window.WeixinJSBridge = {
  on() {},
  invoke(name, params, answer) {
    window.askedWecom.push(name);
    window.askWecom(name, params, location.href).then((said) => said && answer(said));
  },
};
"""


class WecomClient:
    """`.calls`: [(name, parameters)] of everything that pages asked of it. `photos`: what its picker finds, as bytes."""

    def __init__(self, photos=(), wrong=0, silent=()):
        self.photos, self.wrong, self.silent = list(photos), wrong, set(silent)
        self.calls, self.accepted = [], None

    def put_into(self, page):
        page.expose_function("askWecom", self.answer)
        page.add_init_script(BRIDGE)
        return page

    def names(self):
        return [name for name, _params in self.calls]

    def answer(self, name, params, address):
        self.calls.append((name, params))
        if name in self.silent:
            return None
        if name == "preVerifyJSAPI":
            return {"err_msg": f"{name}:{self._verified(params, address)}"}
        if name not in (self.accepted or {}).get("verifyJsApiList", ()) or not self._fits(params):
            return {"err_msg": f"{name}:permission denied"}
        return {"err_msg": f"{name}:ok", **getattr(self, name, dict)(**_own(params))}

    def _verified(self, params, address):
        ticket = SimulatedTicket.objects.get(kind="corp").ticket
        text = (
            f"jsapi_ticket={ticket}&noncestr={params['verifyNonceStr']}"
            f"&timestamp={params['verifyTimestamp']}&url={address.partition('#')[0]}"
        )
        right = hashlib.sha1(text.encode()).hexdigest() == params["verifySignature"] and params["appId"] == "ww-demo"
        if self.wrong or not right:
            self.wrong -= 1
            return "fail invalid signature"
        self.accepted = params
        return "ok"

    def _fits(self, params):
        """Each call repeats what the page was accepted with."""
        return params.get("verifySignature") == self.accepted["verifySignature"]

    def chooseImage(self, count, **_):
        return {"localIds": [f"local-{number}" for number in range(len(self.photos[:count]))]}

    def uploadImage(self, localId, **_):
        row = media.keep("image", "x", "image/jpeg", self._photo(localId))
        return {"serverId": row.media_id}

    def getLocalImgData(self, localId, **_):
        return {"localData": "data:image/jgp;base64," + base64.b64encode(self._photo(localId)).decode()}

    def _photo(self, local_id):
        return self.photos[int(local_id.partition("-")[2])]


def _own(params):
    return {name: value for name, value in params.items() if not name.startswith("verify") and name != "appId"}
