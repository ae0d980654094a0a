"""Guards over the sources: strict CSP, escaping, old browsers, translation, one place for colours, nobody's machine."""

import re
import subprocess

import pytest

from deploy.machine import ROOT
from tests import source_rules as rules

APPS = ("accounts", "jobs", "knowledge", "conversations", "assistant", "portal", "wecom", "itdesk")
# Render a message's text: escaped first, then our own links and code blocks; and an article's: parsed, then cleaned.
MAY_MARK_SAFE = {"conversations/presentation.py", "conversations/body.py", "knowledge/markdown.py"}
# Speaks WeCom's own protocol, which puts tokens into addresses.
SPEAKS_WECOM = "wecom/simulator/"
MACHINE = re.compile(r"(?<![\w.<-])/(?:root|work|home/\w+|Users/\w+)/")
REGISTRY = re.compile(
    r"(?<!emit-)(?:extra-)?index-url|find-links\b(?!\")|pythonhosted|registry\.npmjs|pypi\.\w+/", re.I
)


def files(*patterns):
    """Our own files, tracked or about to be, that match one of the git patterns."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    names = [name for name in listed.splitlines() if not name.startswith("static/vendor/")]
    assert names, f"no file matches {patterns}: the guard would guard nothing"
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def templates():
    return files("*.html", ":!tests")


def product_python():
    return [path for app in APPS for path in files(f"{app}/*.py") if not {"tests", "migrations"} & set(path.parts)]


def place(path):
    return path.relative_to(ROOT).as_posix()


def violations(paths, rule):
    return [f"{place(path)}:{line} {what}" for path in paths for line, what in rule(path.read_text(encoding="utf-8"))]


def none_of(found):
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "rule",
    [rules.inline_code, rules.unescaped, rules.untranslated, rules.password_by_get],
    ids=lambda rule: rule.__name__,
)
def test_templates_hold_no(rule):
    none_of(violations(templates(), rule))


@pytest.mark.parametrize("rule", [rules.chinese, rules.too_new_js], ids=lambda rule: rule.__name__)
def test_scripts_hold_no(rule):
    none_of(violations(files("static/js/*.js"), rule))


@pytest.mark.parametrize("rule", [rules.chinese, rules.too_new_css], ids=lambda rule: rule.__name__)
def test_style_sheets_hold_no(rule):
    none_of(violations(files("static/css/*.css"), rule))


def test_only_the_tokens_name_colours():
    sheets = [path for path in files("static/css/*.css") if path.name != "tokens.css"]
    none_of(violations(sheets, rules.raw_colours))


def test_only_the_renderer_of_messages_marks_text_as_safe():
    others = [path for path in product_python() if place(path) not in MAY_MARK_SAFE]
    none_of(violations(others, rules.marked_safe))


def test_no_key_and_no_database_of_a_machine_is_tracked():
    """Whoever serves from a checkout would sign with a key that everybody can read."""
    asked = ["git", "ls-files", "--", "*secret_key", "*.sqlite3*", "*.pem", "*.env", ".env"]
    assert not subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_no_credential_is_read_from_an_address():
    ours = [path for path in product_python() if not place(path).startswith(SPEAKS_WECOM)]
    none_of(violations(ours, rules.credential_read_from_address))


def test_no_file_names_a_package_registry_or_a_folder_of_somebodys_machine():
    bad = []
    for path in files("*", ":!tests/test_sources.py", ":!*.png", ":!*.mo"):
        text = path.read_text(encoding="utf-8", errors="replace")
        bad += [f"{place(path)}:{line} {what}" for line, what in rules.found({"path": MACHINE, "host": REGISTRY}, text)]
    none_of(bad)


BAD = [
    (rules.inline_code, "<script>alert(1)</script>"),
    (rules.inline_code, '<p class="{% if a > b %}x{% endif %}" style="color: red">'),
    (rules.inline_code, '<a href="#" onclick="go()">'),
    (rules.inline_code, '<a hx-on:click="go()">'),
    (rules.inline_code, "<a hx-vals='js:{a: 1}'>"),
    (rules.unescaped, "{{ text|safe }}"),
    (rules.unescaped, "{% autoescape off %}"),
    (rules.marked_safe, "return mark_safe(text)"),
    (rules.untranslated, '{% translate "一" %} 二'),
    (rules.untranslated, '<p title="说明">'),
    (rules.password_by_get, '<form action="/"><input type="password"></form>'),
    (rules.credential_read_from_address, 'request.GET.get("access_token")'),
    (rules.chinese, 'say("说明");'),
    (rules.too_new_js, "a ??= b"),
    (rules.too_new_js, "list.at(-1)"),
    (rules.too_new_js, "class A {\n  #x = 1;\n}"),
    (rules.too_new_js, "const page = await load();"),
    (rules.too_new_js, "crypto.randomUUID()"),
    (rules.too_new_js, 'document.querySelector("p:has(a)")'),
    (rules.too_new_css, "a:is(b, c) { color: inherit; }"),
    (rules.too_new_css, "a { inset: 0; }"),
    (rules.too_new_css, "a { height: 100dvh; }"),
    (rules.too_new_css, "a { &:hover { color: inherit; } }"),
    (rules.raw_colours, "a { color: #fff; }"),
    (rules.raw_colours, "a { border: 1px solid rgba(0, 0, 0, .1); }"),
    (rules.raw_colours, "a { color: white }"),
]
GOOD = [
    (rules.inline_code, '<script type="module" src="{% static \'js/desk.js\' %}"></script>'),
    (rules.inline_code, '{% include "x.html" with style="quiet" %}'),
    (
        rules.untranslated,
        '{# 说明 #}{% translate "好" %}{% blocktranslate %}第 {{ n }} 位{% endblocktranslate %}{{ _("好") }}',
    ),
    (rules.too_new_js, 'const a = b ?? c; // not list.at(1)\nconst site = "http://x/";'),
    (rules.too_new_js, "crypto.randomUUID ? crypto.randomUUID() : crypto.getRandomValues(bytes)"),
    (rules.too_new_css, "a { height: 100vh; height: 100dvh; top: env(safe-area-inset-top); }"),
    (rules.chinese, 'open("http://x/"); // 说明'),
    (rules.too_new_css, "@supports (aspect-ratio: 1) { a { aspect-ratio: 1; } @media print { b { inset: 0; } } }"),
    (rules.raw_colours, "#white { color: var(--ink); background: transparent; white-space: nowrap; }"),
]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_a_guard_sees(rule, text):
    assert list(rule(text))


@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_a_guard_lets_through(rule, text):
    assert list(rule(text)) == []
