"""Template cards: which fields each kind needs (WECOM 3). The codes are those of the global table (EC)."""

import re

from django.conf import settings

from . import rules
from .answers import Trouble

TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")
MOST_BUTTONS, KEY_BYTES, MOST_FACTS, MOST_JUMPS, MOST_OPTIONS, MOST_MENU = 6, 1024, 6, 3, 10, 3
FACT_PLAIN, FACT_URL, FACT_MEDIA, FACT_PERSON = 0, 1, 2, 3


def check(card, *, update=False):
    """Raises Trouble. `update`: the card replaces one that was sent, so its task was named then."""
    kind = card.get("card_type")
    if kind not in {"text_notice", "button_interaction"}:
        raise Trouble(42031, "invalid template_card.card_type")
    _check_facts(card.get("horizontal_content_list", []))
    _check_jumps(card.get("jump_list", []))
    _check_action(card.get("card_action"), required=kind == "text_notice")
    _check_menu(card, update)
    if kind == "text_notice":
        if not (card.get("main_title", {}).get("title") or card.get("sub_title_text")):
            raise Trouble(42033, "template_card title missing: main_title.title or sub_title_text")
    else:
        if not card.get("main_title", {}).get("title"):
            raise Trouble(42033, "template_card.main_title.title missing")
        _check_buttons(card.get("button_list"))
        _check_selection(card.get("button_selection"))
        _check_task(card, update)
        check_callback()


def check_callback():
    """Buttons need somewhere to tell of a tap."""
    if not (settings.WECOM_CALLBACK_TOKEN and settings.WECOM_CALLBACK_AES_KEY) or rules.value("callback_on") == "no":
        raise Trouble(43012, "callback url is not set")


def check_task_id(task_id):
    if not isinstance(task_id, str) or not TASK_ID.fullmatch(task_id):
        raise Trouble(42014, "invalid task_id")


def _check_task(card, update):
    if not update or card.get("task_id"):
        check_task_id(card.get("task_id"))


def _check_buttons(buttons):
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MOST_BUTTONS:
        raise Trouble(42038, "invalid template_card.button_list size")
    for one in buttons:
        if not isinstance(one, dict) or not one.get("text") or not isinstance(one["text"], str):
            raise Trouble(42038, "template_card.button_list.text missing or invalid")
        if one.get("style", 1) not in (1, 2, 3, 4):
            raise Trouble(40058, "invalid Request Parameter: button_list.style")
        if one.get("type", 0) == 1:
            _check_url(one.get("url"))
        elif not isinstance(one.get("key"), str) or not 0 < len(one["key"].encode()) <= KEY_BYTES:
            raise Trouble(42039, "template_card.button_list.key missing or invalid")


def _check_selection(selection):
    if selection is None:
        return
    if not selection.get("question_key"):
        raise Trouble(42043, "template_card.question_key missing or invalid")
    options = selection.get("option_list")
    if not isinstance(options, list) or not 1 <= len(options) <= MOST_OPTIONS:
        raise Trouble(42037, "invalid template_card.option_list size")
    for one in options:
        if not one.get("id"):
            raise Trouble(42040, "template_card.option_list.id missing or invalid")
        if not one.get("text"):
            raise Trouble(42041, "template_card.option_list.text missing or invalid")


def _check_menu(card, update):
    menu = card.get("action_menu")
    if menu is None:
        return
    actions = menu.get("action_list")
    if not isinstance(actions, list) or not 1 <= len(actions) <= MOST_MENU:
        raise Trouble(40058, "invalid Request Parameter: action_menu.action_list size")
    keys = [one.get("key") for one in actions]
    if not all(keys) or not all(one.get("text") for one in actions):
        raise Trouble(42019, "missing button key")
    if len(set(keys)) < len(keys):
        raise Trouble(42051, "template_card.action_menu.action_list.key conflict")
    _check_task(card, update)
    check_callback()


def _check_facts(facts):
    if not isinstance(facts, list) or len(facts) > MOST_FACTS:
        raise Trouble(42035, "invalid template_card.horizontal_content_list size")
    for one in facts:
        if not isinstance(one, dict) or not one.get("keyname"):
            raise Trouble(42027, "template_card.horizontal_content_list.keyname missing")
        kind = one.get("type", FACT_PLAIN)
        if kind == FACT_URL:
            _check_url(one.get("url"))
        if kind == FACT_MEDIA and not one.get("media_id"):
            raise Trouble(42029, "template_card.horizontal_content_list.media_id missing")
        if kind == FACT_PERSON and not one.get("userid"):
            raise Trouble(42050, "template_card.horizontal_content_list.userid missing or invalid")


def _check_jumps(jumps):
    if not isinstance(jumps, list) or len(jumps) > MOST_JUMPS:
        raise Trouble(42042, "invalid template_card.jump_list size")
    for one in jumps:
        if not one.get("title"):
            raise Trouble(42033, "template_card.jump_list.title missing")
        if one.get("type", 0) == 1:
            _check_url(one.get("url"))


def _check_action(action, required):
    if action is None and not required:
        return
    if not isinstance(action, dict) or action.get("type") not in ((1, 2) if required else (0, 1, 2)):
        raise Trouble(42045, "template_card.card_action missing or invalid")
    if action["type"] == 1:
        _check_url(action.get("url"))
    if action["type"] == 2 and not action.get("appid"):
        raise Trouble(42030, "template_card.card_action.appid missing")


def _check_url(url):
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Trouble(42028, "template_card url missing or invalid")
