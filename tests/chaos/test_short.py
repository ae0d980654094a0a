"""The short profile on both stacks, as `python -m tests.chaos` runs it."""

import os

import pytest

from .__main__ import STACKS, main, on_stack
from .plan import GROUPS, OF_STACK, plan
from .profiles import SHORT
from .servers import Missing, program


@pytest.mark.stack
@pytest.mark.parametrize(("name", "seed"), [("embedded", 15), ("grown", 17)])
def test_under_every_kind_of_fault_nothing_is_lost_or_shown_twice(name, seed, capsys):
    if name == "grown":
        try:
            program("redis-server"), program("initdb")
        except Missing as missing:
            pytest.fail(str(missing)) if os.environ.get("CI") else pytest.skip(str(missing))
    assert on_stack(name, SHORT, seed), capsys.readouterr().out


def test_a_seed_is_a_plan():
    for stack in STACKS:
        one, again = (plan(stack, (), 60, 5, 1.0, patient=True) for _ in range(2))
        assert one == again
        assert one != plan(stack, (), 60, 6, 1.0, patient=True)
        assert {step.group for step in one} == set(OF_STACK[stack])


def test_a_plan_holds_only_the_faults_that_were_asked_for():
    assert {step.group for step in plan("grown", ("sockets",), 9, 1, 1.0, patient=False)} == {"sockets"}
    assert plan("embedded", ("transport",), 9, 1, 1.0, patient=False) == []
    assert {group for groups in OF_STACK.values() for group in groups} == set(GROUPS)


def test_faults_that_do_not_exist_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--faults", "earthquake"])
    assert "earthquake" in capsys.readouterr().err
