"""`deploy/dev.py test`: which steps it takes, what each of them sees, and how it counts."""

import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy import checks, parts, tally

from .browser.parts import share

REPORT = '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2" /></testsuites>'


def a_run(tmp_path, *pytest_args):
    return checks.Run(Path(sys.executable), tmp_path, list(pytest_args))


def test_a_report_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    assert tally.of_report(report, 1) == tally.Tally(passed=3, failed=2, skipped=2)


@pytest.mark.parametrize("status", [2, 5, -9])
def test_a_run_that_ended_badly_without_a_report_is_a_failure(tmp_path, status):
    assert tally.of_report(tmp_path / "none.xml", status) == tally.Tally(failed=1)


def test_a_suite_that_lost_its_tests_fails_the_whole_run_but_not_a_chosen_part(tmp_path, monkeypatch):
    monkeypatch.setattr(checks.subprocess, "run", lambda *args, **kwargs: checks.subprocess.CompletedProcess(args, 5))
    whole, part = a_run(tmp_path), a_run(tmp_path, "-k", "send")
    checks.pytest(whole, "unit tests", "not browser")
    assert whole.total == tally.Tally(failed=1)
    part.steps = whole.steps
    checks.pytest(part, "unit tests", "not browser")
    assert part.total == tally.Tally()


def test_a_run_that_died_after_a_green_report_is_a_failure(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuite tests="2" failures="0" errors="0" skipped="0" />', encoding="utf-8")
    assert tally.of_report(report, 3) == tally.Tally(passed=2, failed=1)


@pytest.mark.parametrize(("ci", "failed"), [("true", 1), ("", 0)])
def test_a_missing_part_fails_in_ci_and_is_said_elsewhere(tmp_path, monkeypatch, capsys, ci, failed):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(parts, "chromium", lambda: None)
    monkeypatch.setattr(parts, "postgres", lambda python: "postgresql://here")
    monkeypatch.setattr(parts, "redis", lambda python: "redis://here")
    run = a_run(tmp_path)
    checks.find_parts(run)
    assert run.total.failed == failed
    assert "No Chromium" in capsys.readouterr().out


def test_the_tests_of_a_missing_part_count_as_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "timed", lambda *args, **kwargs: 5)
    monkeypatch.setattr(tally, "of_missing", lambda python, environment, selection: tally.Tally(skipped=10))
    run = a_run(tmp_path, "-k", "send")
    checks.suites(run)
    assert run.total == tally.Tally(skipped=40)


def test_browser_tests_and_the_others_never_share_a_process(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(checks, "timed", lambda run, name, command, *rest: asked.append(command) or 5)
    run = a_run(tmp_path, "-m", "not slow", "-x")
    run.chromium, run.postgres, run.redis = "/chromium", "postgresql://here", "redis://here:6379"
    checks.suites(run)
    markers = [command[command.index("-m", 3) + 1] for command in asked]
    assert markers == [
        "(not browser and not stack) and (not slow)",
        "(not browser and not stack) and (not slow)",
        "(browser and look) and (not slow)",
        "(browser and live) and (not slow)",
        "(browser and not look) and (not slow)",
        "(stack) and (not slow)",
    ]
    assert all(command[-1] == "-x" for command in asked)


def test_a_whole_run_takes_both_unit_tests_at_once_and_counts_all(tmp_path, monkeypatch):
    both_run = threading.Barrier(2, timeout=20)

    def timed(run, name, command, *rest):
        if name.startswith("unit"):
            both_run.wait()  # breaks where one lane waits for the other
        return 0

    monkeypatch.setattr(checks, "timed", timed)
    monkeypatch.setattr(tally, "of_report", lambda *args: tally.Tally(passed=1))
    run = a_run(tmp_path)
    run.chromium, run.postgres, run.redis = "/chromium", "postgresql://here", "redis://here:6379"
    checks.suites(run)
    assert run.total == tally.Tally(passed=5 + checks.PARTS)


def test_a_quiet_step_says_everything_at_its_end(tmp_path, capsys):
    run = a_run(tmp_path)
    run.quietly = True
    assert checks.timed(run, "step", [sys.executable, "-c", "print('what failed'); raise SystemExit(3)"], None) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "=== step …"
    assert lines[-2] == "what failed"
    assert "FAILED (exit status 3)" in lines[-1]


def test_a_step_sees_nothing_of_the_persons_own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    monkeypatch.setenv("WECOM_SECRET", "mine")
    run = a_run(tmp_path)
    run.postgres, run.redis = "postgresql://here", "redis://here:6379"
    alone, real, again = run.environment(), run.environment(real=True), run.environment(real=True)
    assert alone["DATABASE_URL"].startswith("sqlite:///")
    assert alone["REDIS_URL"] == ""
    assert "WECOM_SECRET" not in alone
    assert real["DATABASE_URL"] == "postgresql://here"
    assert real["REDIS_URL"].startswith("redis://here:6379/")
    assert real["REDIS_PREFIX"] != again["REDIS_PREFIX"]
    assert len({alone["DATA_DIR"], real["DATA_DIR"], again["DATA_DIR"]}) == 3


def test_a_run_without_a_passed_test_is_no_success(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checks, "find_parts", lambda run: None)
    monkeypatch.setattr(checks, "suites", lambda run: None)
    assert checks.test(Path(sys.executable), ["-k", "nothing"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_every_browser_test_is_in_one_share_with_all_of_its_file():
    tests = [SimpleNamespace(path=f"test_{size}.py") for size in range(1, 9) for _ in range(size)]
    shares = [share(tests, number, 4) for number in range(1, 5)]
    assert sorted(map(id, sum(shares, []))) == sorted(map(id, tests))
    assert sum(len({each.path for each in one}) for one in shares) == 8
    assert [len(one) for one in shares] == [9, 9, 9, 9]
