"""Chinese is the source and English is complete: every marked text has its English, and the compiled file knows it."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = ["accounts", "conversations", "itdesk", "jobs", "portal", "wecom"]
MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "_lazy"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def marked_in_python():
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if {"tests", "migrations"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) in MARKERS and node.args:
                    text = node.args[0]
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield text.value


def marked_in_templates():
    for path in (ROOT / "templates").rglob("*.html"):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for found in re.finditer(r"gettext\(", source):
            call = ast.parse(balanced(source[found.start() :]), mode="eval").body
            yield call.args[0].value
        for found in re.finditer(r"(?<![\w.])_\(", source):
            yield ast.parse(balanced(source[found.start() :]), mode="eval").body.args[0].value


def balanced(text):
    """The call at the beginning of `text`, up to the parenthesis that closes it outside every string."""
    for end in (found.end() for found in re.finditer(r"\)", text)):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except SyntaxError:
            continue
        return text[:end].strip()
    raise AssertionError(text[:80])


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE))


def test_every_marked_text_stands_in_the_catalogue(catalogue):
    known = {entry.msgid for entry in catalogue if not entry.obsolete}
    missing = {text for text in [*marked_in_python(), *marked_in_templates()] if CHINESE.search(text)} - known
    assert sorted(missing) == []


def test_every_entry_has_its_english(catalogue):
    untranslated = [entry.msgid for entry in catalogue if not entry.translated() and not entry.obsolete]
    assert untranslated == []
    still_chinese = [
        entry.msgid
        for entry in catalogue
        if CHINESE.search(entry.msgstr or "".join(entry.msgstr_plural.values())) and "企业微信" not in entry.msgid
    ]
    assert still_chinese == []


def test_no_blank_is_lost_on_the_way(catalogue):
    different = []
    for entry in catalogue:
        wanted = sorted(set(PLACEHOLDER.findall(entry.msgid)))
        for english in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            if sorted(set(PLACEHOLDER.findall(english))) != wanted and not entry.msgid_plural:
                different.append(entry.msgid)
    assert different == []


def test_the_compiled_catalogue_is_this_catalogue(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert said_by(compiled) == said_by(catalogue.translated_entries())


def said_by(entries):
    return {(entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural for entry in entries}
