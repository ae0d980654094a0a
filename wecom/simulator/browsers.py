"""WeCom's own browsers: what they say they are, and the bridge that the pages in them find (WECOM 6, 7)."""

from django.urls import reverse

from . import rules

_ANDROID = "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{} Mobile Safari/537.36 wxwork/{} MicroMessenger/7.0.1 NetType/WIFI Language/zh ColorScheme/Light"  # noqa: E501
USER_AGENTS = {
    "android": _ANDROID.format("116.0.0.0", "4.1.22"),
    "old": _ANDROID.format("87.0.4280.141", "3.1.10"),
    "iphone": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh ColorScheme/Light"
    ),
    "windows": (
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.6668.101 "
        "Safari/537.36 Language/zh ColorScheme/Light wxwork/4.1.36 (MicroMessenger/6.2) WindowsWechat"
    ),
    "mac": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Language/zh "
        "ColorScheme/Light wxwork/4.1.9 (MicroMessenger/6.2) WeChat/2.0.4"
    ),
}
HEAD = b"<head>"


def user_agent():
    return USER_AGENTS[rules.value("engine")]


def add_bridge(response):
    """The bridge stands before every script of the page, as the client's own does."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return
    script = f'<script src="{reverse("simulator:bridge")}"></script>'.encode()
    if HEAD in response.content:
        response.content = response.content.replace(HEAD, HEAD + script, 1)
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
