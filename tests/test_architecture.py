"""The house keeps its shape: imports go one way, and only commands write (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# An app may import those to its right, and itself. `jobs` and `accounts` know none of the others.
ORDER = ["itdesk", "portal", "wecom", "assistant", "conversations", "knowledge", "jobs", "accounts"]
MAY_IMPORT = {app: set(ORDER[ORDER.index(app) :]) for app in ORDER}
MAY_IMPORT["jobs"] = {"jobs"}
# Inside an app: a layer may import the layers named here, never those above it.
DOORS = {"views", "consumers", "admin", "jobs", "urls", "hub"}
INNER = {"commands", "queries", "models", "states", "events"}
WRITING = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "bulk_update"}


def sources(app):
    return [path for path in (ROOT / app).rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]


def imported(path, app):
    """Every module this file imports, by absolute dotted name."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: -node.level]) + "." if node.level else ""
            module = (base + (node.module or "")).rstrip(".")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def calls(path):
    """`(line, dotted name)` of every call in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


@pytest.mark.parametrize("app", ORDER)
def test_imports_between_apps_go_one_way(app):
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(app)
        for module in imported(path, app)
        if module.split(".")[0] in ORDER and module.split(".")[0] not in MAY_IMPORT[app]
    ]
    assert wrong == []


def test_inside_the_domain_nothing_imports_the_doors():
    wrong = []
    for path in sources("conversations"):
        layer = path.relative_to(ROOT / "conversations").parts[0].removesuffix(".py")
        if layer in INNER:
            wrong += [
                f"{path.relative_to(ROOT)} imports {module}"
                for module in imported(path, "conversations")
                if module.startswith("conversations.") and module.split(".")[1] in DOORS
            ]
    assert wrong == []


def test_only_commands_write_record_enqueue_and_announce():
    allowed = {"commands", "models", "events.py", "broadcast.py", "attachments.py", "jobs.py", "management"}
    wrong = []
    for path in sources("conversations"):
        if path.relative_to(ROOT / "conversations").parts[0] in allowed:
            continue
        for line, name in calls(path):
            last = name.rpartition(".")[2]
            if (last in WRITING and ".objects" in name) or last in {"record", "enqueue", "announce", "announce_note"}:
                wrong.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert wrong == []


def test_no_status_is_compared_to_a_literal_outside_the_table():
    wrong = []
    for app in ORDER:
        for path in sources(app):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith("status"):
                    literals = [each.value for each in node.comparators if isinstance(each, ast.Constant)]
                    if {"bot", "queued", "assigned", "resolved"} & set(literals):
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_only_one_module_talks_to_the_rate_limiter():
    users = {
        str(path.relative_to(ROOT))
        for app in ORDER
        for path in sources(app)
        for module in imported(path, app)
        if module.startswith("django_ratelimit")
    }
    assert users <= {"accounts/limits.py", "accounts/counters.py"}


def test_nothing_is_called_by_a_name_that_says_nothing():
    vague = {"utils", "helpers", "common", "core", "misc", "manager", "base"}
    found = [str(path.relative_to(ROOT)) for app in ORDER for path in sources(app) if path.stem in vague]
    assert found == []
