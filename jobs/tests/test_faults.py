"""The moments at which a test may kill a process: each strikes once, at the one that was named, and nowhere else."""

import time

import pytest
from channels.exceptions import ChannelFull

from jobs import faults
from jobs.faults import Faults, Injected


def test_without_the_variable_the_moments_are_empty_functions():
    assert faults.at is faults._nothing
    work = object()
    assert faults.passing("layer", work) is work


def test_it_strikes_once_and_only_where_it_was_armed():
    armed = Faults("m3:raise, layer:full")
    armed.at("m2")
    with pytest.raises(Injected):
        armed.at("m3")
    armed.at("m3")


def test_a_file_in_the_folder_arms_a_running_process_and_is_taken_by_the_first_that_arrives(tmp_path):
    one, other = Faults(str(tmp_path)), Faults(str(tmp_path))
    one.at("m1")
    (tmp_path / "m1").write_text("raise*2")
    for _ in range(2):
        with pytest.raises(Injected):
            one.at("m1")
    one.at("m1")
    other.at("m1")
    assert list(tmp_path.iterdir()) == []


def test_a_block_waits_and_goes_on():
    before = time.monotonic()
    Faults("m2:block:0.2").at("m2")
    assert time.monotonic() - before >= 0.2


def test_a_moment_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="m99"):
        Faults("m99:kill")


@pytest.mark.asyncio
async def test_on_the_loop_the_work_is_struck_before_it_is_done():
    done = []

    async def work():
        done.append(True)

    armed = Faults("layer:full,m9:raise")
    with pytest.raises(ChannelFull):
        await armed.passing("layer", work())
    assert done == []
    await armed.passing("layer", work())
    assert done == [True]
