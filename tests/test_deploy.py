"""The commands of deploy/dev.py: what they install, what they say when something is missing, what they delete."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import checks, commands, machine, packages, server
from deploy.machine import ROOT, Stop

DEV = ROOT / "deploy" / "dev.py"


def dev(*arguments, **environment):
    """Run deploy/dev.py as a person does."""
    surroundings = {**os.environ, "PYTHONUTF8": "1", **environment}
    return subprocess.run(
        [sys.executable, str(DEV), *arguments], env=surroundings, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture
def held_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout with two locks, for the module that fills `.venv`."""
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    monkeypatch.setattr(packages, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(packages, "PYTHON", tmp_path / ".venv" / "python")
    monkeypatch.setattr(packages, "STAMP", tmp_path / ".venv" / "installed.json")
    for name in packages.LOCKS:
        (tmp_path / name).write_text("one==1.0 \\\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def installs(checkout, monkeypatch):
    """The locks that were installed, in order; nothing is fetched."""
    done = []

    def make_venv():
        packages.VENV.mkdir(exist_ok=True)
        packages.PYTHON.touch()

    monkeypatch.setattr(packages, "make_venv", make_venv)
    monkeypatch.setattr(packages, "install", done.append)
    return done


def test_a_busy_port_is_one_plain_line_that_names_the_way_out(held_port):
    answer = dev("run", "--port", str(held_port))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"Port {held_port}" in answer.stderr
    assert "--port" in answer.stderr


@pytest.mark.parametrize("given", ["0", "65536", "eight"])
def test_a_port_that_is_none_is_refused(given):
    answer = dev("run", "--port", given)
    assert answer.returncode == 2
    assert "is not a port" in answer.stderr


def test_an_old_python_is_told_what_is_needed(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.version_info = (3, 8, 0)\n", encoding="utf-8")
    answer = dev("run", PYTHONPATH=str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr == "The desk needs Python 3.11 or newer; this is Python 3.8. Start it with a newer python3.\n"


def test_a_missing_venv_module_is_one_plain_line(monkeypatch):
    monkeypatch.setattr(packages, "has_venv_module", lambda: False)
    monkeypatch.setattr(packages, "may_install", lambda: False)
    with pytest.raises(Stop, match=r"sudo apt install python3\.\d+-venv"):
        packages.ensure_venv_module()


def test_a_missing_venv_module_is_installed_where_that_is_allowed(monkeypatch):
    installed = []
    monkeypatch.setattr(packages, "has_venv_module", lambda: bool(installed))
    monkeypatch.setattr(packages, "may_install", lambda: True)
    monkeypatch.setattr(packages, "apt_install", lambda name: installed.append(name) or True)
    packages.ensure_venv_module()
    assert installed == [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def test_apt_is_left_alone_without_the_right_to_use_it(monkeypatch):
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000, raising=False)
    assert machine.may_install() is False


def test_packages_are_installed_once_per_lock(installs, checkout):
    packages.python_with("requirements.txt")
    packages.python_with("requirements.txt")
    assert installs == ["requirements.txt"]
    (checkout / "requirements.txt").write_text("one==1.1 \\\n", encoding="utf-8")
    packages.python_with("requirements.txt")
    assert installs == ["requirements.txt"] * 2


def test_the_test_packages_serve_the_desk_too_but_not_the_other_way_round(installs):
    packages.python_with("requirements.txt")
    packages.python_with("requirements-dev.txt")
    packages.python_with("requirements.txt")
    assert installs == ["requirements.txt", "requirements-dev.txt"]


def test_an_install_that_was_cut_off_is_done_again(installs, monkeypatch):
    packages.python_with("requirements.txt")

    def cut_off(lock):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(packages, "install", cut_off)
        with pytest.raises(KeyboardInterrupt):
            packages.python_with("requirements-dev.txt")
    packages.python_with("requirements.txt")
    assert installs == ["requirements.txt"] * 2


def test_every_locked_package_has_a_hash_and_no_place_of_origin():
    for name in packages.LOCKS:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pinned = [line for line in lines if line and line[0].isalnum()]
        assert len(pinned) > 20
        bare = [
            line
            for line, after in zip(lines, [*lines[1:], ""], strict=True)
            if line in pinned and "--hash" not in after
        ]
        assert bare == []
        assert not [line for line in lines if "://" in line or "-index" in line]


def test_fresh_deletes_the_data_of_this_checkout_and_nothing_else(tmp_path, monkeypatch):
    data, other = tmp_path / "data", tmp_path / "other"
    for folder in (data, other):
        folder.mkdir()
        (folder / "desk.sqlite3").touch()
    monkeypatch.setattr(server, "DATA", data)
    monkeypatch.setattr(server, "PREPARATIONS", (("database", ["no-such-command"]),))
    with pytest.raises(Stop, match="Preparing the database failed"):
        server.run(Path(sys.executable), 8000, fresh=True)
    assert not data.exists()
    assert (other / "desk.sqlite3").exists()


@pytest.mark.skipif(machine.WINDOWS, reason="Windows itself keeps open files")
def test_fresh_is_refused_while_a_desk_runs_on_the_data(tmp_path, monkeypatch):
    import fcntl

    monkeypatch.setattr(server, "DATA", tmp_path / "data")
    monkeypatch.setattr(server, "SERVING", tmp_path / "data" / "desk.sqlite3.serving")
    server.DATA.mkdir()
    with server.SERVING.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Stop, match="still running"):
            server.start_over()
    assert server.SERVING.exists()
    server.start_over()
    assert not server.DATA.exists()


def test_the_demo_speaks_to_its_own_simulator(monkeypatch):
    monkeypatch.setenv("WECOM_SIMULATOR", "false")
    environment = server.environment_for(8123)
    assert environment["WECOM_SIMULATOR"] == "true"
    assert environment["SITE_URL"] == "http://127.0.0.1:8123"


def test_the_addresses_to_open_are_printed_for_every_role(capsys):
    server.announce(8123)
    said = capsys.readouterr().out
    for userid, place in (("zhangwei", "/itdesk/"), ("wangqiang", "/agent/"), ("zhaomin", "/admin/")):
        assert f"http://127.0.0.1:8123/wecom/simulator/phone/{userid}/open?to={place}" in said


def test_extra_arguments_go_to_pytest_even_when_they_look_like_ours(monkeypatch):
    handed = []
    monkeypatch.setattr(packages, "python_with", lambda lock: lock)
    monkeypatch.setattr(checks, "test", lambda python, pytest_args: handed.append((python, pytest_args)) or 0)
    assert commands.main(["test", "--port", "-k", "send"]) == 0
    assert handed == [("requirements-dev.txt", ["--port", "-k", "send"])]
