"""What our sources may not hold, as functions from a text to `(line, what)`; `test_sources.py` asks them of every file.

Old phones decide the syntax: WeCom's in-app browser is as old as Chrome 80, iOS 14 stands beside it.
"""

import re

HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

# Templates -----------------------------------------------------------------------------------------------------------
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
INLINE = {
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)", re.I),
    "inline style sheet": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"[\s\"']style\s*=", re.I),
    "event handler": re.compile(r"[\s\"']on[a-z]+\s*=\s*[\"']", re.I),
    "hx-on": re.compile(r"\bhx-on\b", re.I),
    "evaluated htmx value": re.compile(r"\bhx-(?:vals|headers)\s*=\s*[\"'](?:js|javascript):", re.I),
    "javascript: address": re.compile(r"javascript:", re.I),
}
UNESCAPED = {
    "safe filter": re.compile(r"\|\s*safe(?:seq)?\b"),
    "autoescape off": re.compile(r"autoescape\s+off"),
}
UNESCAPED_PYTHON = {"text marked as safe": re.compile(r"\b(?:mark_safe|SafeString|SafeText|html_safe|__html__)\b")}
TRANSLATED = (
    re.compile(r"\{#.*?#\}"),
    re.compile(r"\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL),
    re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL),
    re.compile(r"\{%\s*trans(?:late)?\b.*?%\}", re.DOTALL),
    re.compile(r"_\(\"[^\"]*\"\)|_\('[^']*'\)"),
)
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL | re.I)
CREDENTIALS_BY_GET = re.compile(r"request\.GET(?:\.get\(|\[)\s*[\"'](?:\w*token|\w*password|\w*secret|session\w*)[\"']")

# JavaScript ----------------------------------------------------------------------------------------------------------
JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", re.DOTALL)
TOO_NEW_JS = {
    "logical assignment (85)": re.compile(r"(?:\?\?|\|\||&&)="),
    "private member (methods 84, iOS 15)": re.compile(
        r"\bthis\.#|^\s*(?:static\s+|async\s+|get\s+|set\s+)*#\w+\s*[=;(]", re.M
    ),
    "static block (94)": re.compile(r"\bstatic\s*\{"),
    "top-level await (89)": re.compile(r"^(?:const\s+[^=\n]+=\s*)?await\b", re.M),
    ".at() (92)": re.compile(r"\.at\("),
    "replaceAll (85)": re.compile(r"\.replaceAll\("),
    "replaceChildren (86)": re.compile(r"\.replaceChildren\("),
    "findLast (97)": re.compile(r"\.findLast(?:Index)?\("),
    "copying array methods (110)": re.compile(r"\.(?:toSorted|toReversed|toSpliced)\("),
    "Object.hasOwn, groupBy, fromAsync": re.compile(r"\b(?:Object\.(?:hasOwn|groupBy)|Array\.fromAsync)\b"),
    "structuredClone (98)": re.compile(r"\bstructuredClone\b"),
    "WeakRef, Promise.any (84, 85)": re.compile(r"\b(?:WeakRef|FinalizationRegistry|Promise\.any|AggregateError)\b"),
    "AbortSignal.timeout, .any (103)": re.compile(r"\bAbortSignal\.(?:timeout|any)\b"),
    "signal of a listener (88)": re.compile(r"addEventListener\([^;]*\bsignal\b"),
    "locks, BroadcastChannel on iOS 14": re.compile(r"\b(?:navigator\.locks|BroadcastChannel)\b"),
    "lookbehind (iOS 16.4)": re.compile(r"\(\?<[=!]"),
    ":has, :is, :where in a selector": re.compile(r":(?:has|is|where)\("),
}
RANDOM_UUID = re.compile(r"\bcrypto\.randomUUID\b")

# Style sheets --------------------------------------------------------------------------------------------------------
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TOO_NEW_CSS = {
    ":has, :is, :where (88+)": re.compile(r":(?:has|is|where)\("),
    "nesting (112)": re.compile(r"&"),
    "inset (87)": re.compile(r"(?<![\w-])inset(?:-block|-inline)?(?:-start|-end)?\s*:"),
    "aspect-ratio (88)": re.compile(r"(?<![\w-])aspect-ratio\s*:"),
    "layers, containers": re.compile(r"@(?:layer|container|scope)\b"),
    "colour functions (111)": re.compile(r"\b(?:color-mix|oklch|oklab|lab|lch|light-dark)\("),
}
NEW_UNIT = re.compile(r"([\w-]+)\s*:[^;{}]*\d[dsl]v[hw]\b")
DECLARATION = re.compile(r"(?<=[{;\s])(-{0,2}[a-z][\w-]*)\s*:\s*([^;{}]+)(?=[;}])", re.I)
NAMED = "white|black|red|green|blue|gr[ae]y|silver|orange|yellow|purple|pink|navy|teal|maroon|gold|crimson"
RAW_COLOUR = re.compile(rf"#[0-9a-f]{{3,8}}\b|\b(?:rgba?|hsla?)\(|(?<![\w-])(?:{NAMED})(?![\w-])", re.I)


def blanked(match):
    """The same number of lines, so that what follows keeps its line number."""
    return "\n" * match[0].count("\n")


def found(patterns, text):
    """`(line, name)` for every place in `text` where one of `{name: pattern}` matches."""
    for name, pattern in patterns.items():
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, name


def inline_code(template):
    return found(INLINE, TEMPLATE_TAG.sub(blanked, template))


def unescaped(template):
    return found(UNESCAPED, template)


def marked_safe(python):
    return found(UNESCAPED_PYTHON, python)


def untranslated(template):
    for pattern in TRANSLATED:
        template = pattern.sub(blanked, template)
    return found({"Chinese outside translate": HAN}, template)


def chinese(script_or_sheet):
    """Comments may quote what the page says; code may not say it."""
    return found({"Chinese": HAN}, JS_COMMENT.sub(blanked, script_or_sheet))


def password_by_get(template):
    for form in FORM.finditer(template):
        if re.search(r"type=[\"']password", form[0], re.I) and not re.search(r"method=[\"']post", form[0], re.I):
            yield template.count("\n", 0, form.start()) + 1, "password in a form that is not POST"


def credential_read_from_address(python):
    return found({"credential in the address": CREDENTIALS_BY_GET}, python)


def too_new_js(script):
    code = JS_COMMENT.sub(blanked, script)
    yield from found(TOO_NEW_JS, code)
    if "getRandomValues" not in code:
        yield from found({"randomUUID without a way for Chrome < 92": RANDOM_UUID}, code)


def too_new_css(sheet):
    """Anything behind `@supports` has its fallback before it; a new unit has it in the declaration before."""
    code = without_supports(CSS_COMMENT.sub(blanked, sheet))
    yield from found(TOO_NEW_CSS, code)
    for match in NEW_UNIT.finditer(code):
        block = code[code.rfind("{", 0, match.start()) : match.start()]
        if not re.search(rf"(?<![\w-]){re.escape(match[1])}\s*:", block):
            yield code.count("\n", 0, match.start()) + 1, "dvh, svh, lvh without a fallback (108)"


def without_supports(code):
    """The sheet with every `@supports` block emptied, its lines kept."""
    while "@supports" in code:
        start = code.index("@supports")
        end, depth = code.index("{", start) + 1, 1
        while depth and end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        code = code[:start] + "\n" * code.count("\n", start, end) + code[end:]
    return code


def raw_colours(sheet):
    code = CSS_COMMENT.sub(blanked, sheet)
    for match in DECLARATION.finditer(code):
        # A picture in the sheet is one value, not a colour of the design.
        if RAW_COLOUR.search(re.sub(r"url\([^)]*\)", "", match[2])):
            yield code.count("\n", 0, match.start()) + 1, match[2].strip()[:40]
