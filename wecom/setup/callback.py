"""The check of the way in: what people write in the app's chat, and what they press on cards."""

from django.conf import settings
from django.utils.translation import gettext as _

from ..crypto import Codec, Forged
from ..errors import error_for
from ..models import Inbound
from . import vectors
from .checks import when
from .outcome import BAD, GOOD, OPEN, Outcome, bad


def callback(subject):
    yield _known_values()
    missing = [name for name in ("WECOM_CALLBACK_TOKEN", "WECOM_CALLBACK_AES_KEY") if not getattr(settings, name)]
    if missing:
        yield bad(error_for(43012), _("还没有设置 %s") % "、".join(missing))
        return
    yield _own_keys()
    yield _arrived()


def _known_values():
    if failing := vectors.failing():
        return Outcome(BAD, _("加解密与官方样例不一致：%s") % "、".join(failing), _("请把这一行告诉开发者。"))
    return Outcome(GOOD, _("加解密与官方样例一致"))


def _own_keys():
    codec = Codec(settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY, settings.WECOM_CORP_ID)
    encrypt, signature = codec.seal(b"test", timestamp="1", nonce="1")
    try:
        same = codec.open(encrypt, signature, timestamp="1", nonce="1") == b"test"
    except Forged:
        same = False
    if same:
        return Outcome(GOOD, _("Token 和 EncodingAESKey 可用"))
    return Outcome(BAD, _("Token 或 EncodingAESKey 不能用"), _("在“接收消息”里重新生成，两边填成一样的。"))


def _arrived():
    newest = Inbound.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    if newest:
        return Outcome(GOOD, _("收到过企业微信的消息，最近一次：%s") % when(newest))
    return Outcome(
        OPEN,
        _("还没有收到过企业微信的消息"),
        _("在应用的聊天里写一句话试试。收不到时，请检查地址能否从公网访问，以及“接收消息”是否已保存。"),
    )
