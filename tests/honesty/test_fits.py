"""The list of breaks cannot rot: each still fits the source, and names a check that exists. Nothing is run here."""

import re

import pytest

from tests.processes import ROOT

from .mechanisms import MECHANISMS


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_a_break_fits_the_source(mechanism):
    texts = {}
    for edit in mechanism.edits:
        text = texts.get(edit.path) or (ROOT / edit.path).read_text(encoding="utf-8")
        texts[edit.path] = edit.applied(text)
        if edit.path.endswith(".py"):
            compile(texts[edit.path], edit.path, "exec")
    path, _, name = mechanism.check.partition("::")
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(?:async )?def {re.escape(name.partition('[')[0])}\(", source, re.MULTILINE)


def test_there_are_enough_and_no_name_stands_twice():
    names = [mechanism.name for mechanism in MECHANISMS]
    assert len(names) == len(set(names)) >= 24
