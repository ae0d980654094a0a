"""The list of simulated rules in the documents is the list in the code, and every switch can be turned."""

import re
from pathlib import Path

import pytest

from wecom.models import Fault
from wecom.simulator import rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "wecom-simulator.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| ([\w-]+) \| (sure|check) \| (.*?) ?\|$", re.MULTILINE)

pytestmark = pytest.mark.django_db


def listed():
    return {
        name: (page, certainty, bool(switch)) for name, _says, page, certainty, switch in ROW.findall(PAGE.read_text())
    }


def test_the_document_lists_exactly_the_rules_of_the_code():
    assert listed() == {rule.name: (rule.page, rule.certainty, bool(rule.switch)) for rule in rules.RULES}


def test_every_uncertain_rule_has_a_switch_and_no_certain_one():
    assert [rule.name for rule in rules.RULES if (rule.certainty == rules.CHECK) != bool(rule.switch)] == []


def test_every_switch_is_asked_somewhere():
    sources = "".join(path.read_text() for path in Path(rules.__file__).parent.rglob("*.py"))
    assert [name for name in rules.SWITCHES if f'value("{name}")' not in sources] == []


def test_a_switch_turns_and_turns_back(client):
    for name, switch in rules.SWITCHES.items():
        for choice in reversed(switch.values):
            assert client.post("/wecom/simulator/controls/rules", {name: choice}).status_code == 303
            assert rules.value(name) == choice
    with pytest.raises(ValueError, match="engine"):
        rules.turn(engine="toaster")
    assert client.post("/wecom/simulator/controls/rules", {"engine": "toaster"}).status_code == 400


def test_a_choice_that_there_is_no_more_is_the_first_one():
    Fault.objects.update_or_create(pk=1, defaults={"rules": {"engine": "toaster"}})
    assert rules.value("engine") == "android"
