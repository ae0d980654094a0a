"""What makes WeCom post to the app's callback address: the messages and events of WECOM 5."""

import secrets
import time

from django.conf import settings
from django.db import transaction

from . import directory, media, postman, rules, sealing, sending, xml
from .models import SimulatedPush

EVERY_PAD = 32


def text(userid, content):
    """The member writes into the app's chat. → SimulatedPush, as all of these."""
    return _message(userid, "text", {"Content": content}, {"text": content})


def image(userid, name, content_type, content):
    row = media.keep("image", name, content_type, content)
    fields = {"PicUrl": postman.address(f"/picture/{row.media_id}")}
    return _message(userid, "image", {**fields, "MediaId": row.media_id}, {"media_id": row.media_id})


def voice(userid, content):
    row = media.keep("voice", "voice.amr", "audio/amr", content)
    return _message(userid, "voice", {"MediaId": row.media_id, "Format": "amr"}, {"media_id": row.media_id})


def video(userid, name, content_type, content):
    row = media.keep("video", name, content_type, content)
    fields = {"MediaId": row.media_id, "ThumbMediaId": row.media_id}
    return _message(userid, "video", fields, {"media_id": row.media_id, "name": row.name})


def file(userid, name, content_type, content):
    """WeCom may not tell the app of it at all; then the phone shows it and nothing is posted."""
    row = media.keep("file", name, content_type, content)
    shown = {"media_id": row.media_id, "name": row.name, "size": len(content)}
    if rules.value("file_in_chat") == "no":
        return SimulatedPush.objects.create(
            userid=userid.lower(), kind="file", xml="", shown=shown, state=SimulatedPush.State.LOST, answer="not posted"
        )
    return _message(userid, "file", {"MediaId": row.media_id, "FileName": row.name}, shown)


def location(userid, latitude, longitude, label):
    fields = {
        "Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": label, "AppType": "wxwork",
    }  # fmt: skip
    return _message(userid, "location", fields, {"label": label, "latitude": latitude, "longitude": longitude})


def link(userid, title, description, url):
    fields = {"Title": title, "Description": description, "Url": url, "PicUrl": ""}
    return _message(userid, "link", fields, {"title": title, "description": description, "url": url})


def enter(userid):
    """The member opens the app's chat."""
    return event(userid, "enter_agent", EventKey="")


def tap(message, key, selected=()):
    """A button of a card was tapped; the event carries a code that lets the app change the card once."""
    card = message.card or message.body["template_card"]
    picked = [
        xml.element("SelectedItem", [
            xml.element("QuestionKey", question),
            xml.element("OptionIds", [xml.element("OptionId", option)]),
        ])
        for question, option in selected
    ]  # fmt: skip
    return event(
        message.userid,
        "template_card_event",
        EventKey=key,
        TaskId=message.task_id,
        CardType=card["card_type"],
        ResponseCode=sending.issue_response_code(message.msgid),
        **({"SelectedItems": picked} if picked else {}),
    )


def contact_changed(change, userid):
    """A member came, went or was changed; contact callbacks carry the userid and the departments and no more."""
    member = directory.anybody(userid)
    department = str(directory.department_id(member["department"]))
    return event("", "change_contact", ChangeType=change, UserID=member["userid"], Department=department)


def event(userid, name, **fields):
    """Any event; `userid` "" is the system itself."""
    member = directory.anybody(userid)
    head = {
        "ToUserName": settings.WECOM_CORP_ID, "FromUserName": member["userid"] if member else "sys",
        "CreateTime": int(time.time()), "MsgType": "event", "Event": name,
    }  # fmt: skip
    return _push(userid, name, {**head, **fields, "AgentID": settings.WECOM_AGENT_ID}, None)


def every_pad(userid):
    """As many texts as a block has lengths, each a letter longer: every padding from 1 to 32 is among them."""
    return [text(userid, "x" * length) for length in range(1, EVERY_PAD + 1)]


def _message(userid, kind, fields, shown):
    head = {
        "ToUserName": settings.WECOM_CORP_ID, "FromUserName": directory.anybody(userid)["userid"],
        "CreateTime": int(time.time()), "MsgType": kind,
    }  # fmt: skip
    # As large as 64 bits go. Public accounts were seen to use one for several people in the same second.
    number = head["CreateTime"] if rules.value("shared_msgid") == "yes" else 2**62 + secrets.randbelow(2**62)
    return _push(userid, kind, {**head, **fields, "MsgId": number, "AgentID": settings.WECOM_AGENT_ID}, shown)


def _push(userid, kind, fields, shown):
    plain, twist = xml.document(fields), rules.value("callback_twists")
    twist = "" if twist == "none" else twist
    query, body = sealing.envelope(plain, twist)
    on = rules.value("callback_on") == "yes"
    with transaction.atomic():
        row = SimulatedPush.objects.create(
            userid=userid.lower(), kind=kind, xml=plain, shown=shown, query=query, envelope=body, twist=twist,
            state=SimulatedPush.State.WAITING if on else SimulatedPush.State.LOST, answer="" if on else "switched off",
        )  # fmt: skip
        if on:
            transaction.on_commit(lambda: postman.post(row), robust=True)
    return row
