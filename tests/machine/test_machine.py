"""Any order of steps: quickly with every run, deeply by `--hypothesis-profile=deep` (CONTRIBUTING.md)."""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from conversations import broadcast

from .machine import DeskMachine

QUICK = {"max_examples": 9, "stateful_step_count": 40, "derandomize": True}
DEEP = {"max_examples": 1000, "stateful_step_count": 60, "derandomize": False}  # RELIABILITY 4.5


@pytest.fixture
def depth():
    """How far to look: quick, or with the profile deep as far as `MACHINE_EXAMPLES` says.

    `MACHINE_SHRINK=false`: the first bad example will do, whoever only wants to know whether there is one.
    """
    chosen, shrinks = QUICK, os.environ.get("MACHINE_SHRINK") != "false"
    if settings.get_current_profile_name() == "deep":
        chosen = {**DEEP, "max_examples": int(os.environ.get("MACHINE_EXAMPLES", DEEP["max_examples"]))}
    return settings(
        **chosen,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
    )


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order(zhangwei, lina, wangqiang, liyang, monkeypatch, depth):
    announced = []
    monkeypatch.setattr(broadcast.outbound, "put", announced.extend)
    monkeypatch.setattr(DeskMachine, "cast", [zhangwei, lina, wangqiang, liyang])
    monkeypatch.setattr(DeskMachine, "announced", announced)
    number = int(os.environ.get("MACHINE_SEED") or random.randrange(2**32))
    if not depth.derandomize:
        print(f"MACHINE_SEED={number} repeats this run")
        seed(number)(DeskMachine)
    run_state_machine_as_test(DeskMachine, settings=depth)
