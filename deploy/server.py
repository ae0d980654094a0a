"""`deploy/dev.py run`: the desk with its demo company in one process on 127.0.0.1, until Ctrl-C."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from .machine import ROOT, WINDOWS, Stop, say

HOST = "127.0.0.1"
DATA = ROOT / "data"
SERVING = DATA / "desk.sqlite3.serving"  # locked by the process that serves (itdesk/single.py)
START_LIMIT = 60  # seconds until /healthz must answer
STOP_LIMIT = 20  # seconds for requests and jobs in hand after Ctrl-C
PREPARATIONS = (
    ("database", ["migrate", "--verbosity", "0"]),
    ("static files", ["collectstatic", "--noinput", "--verbosity", "0"]),
    ("roles", ["init_roles"]),
    ("demo company", ["demo"]),
)
DOORS = (
    ("员工 / employee        张伟", "zhangwei", "/itdesk/"),
    ("客服 / agent           王强", "wangqiang", "/agent/"),
    ("管理员 / administrator 赵敏", "zhaomin", "/admin/"),
)


def refuse_busy_port(port):
    with socket.socket() as probe:
        # Elsewhere a port that was closed a moment ago counts as busy; on Windows the option would mean sharing it.
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Stop(
                f"Port {port} on {HOST} cannot be used ({error.strerror}); choose another with --port N."
            ) from None


def run(python, port, *, fresh):
    """Prepare the data, serve until Ctrl-C; answers the exit status."""
    if fresh:
        start_over()
    environment = environment_for(port)
    for name, command in PREPARATIONS:
        prepare(name, [str(python), "manage.py", *command], environment)
    end_on_signals()
    serving = subprocess.Popen([str(python), "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=environment)
    try:
        wait_until_healthy(serving, port)
        announce(port)
        return serving.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        end(serving)


def start_over():
    """Delete what this checkout made. A DATABASE_URL that somebody set points at something of theirs: it stays."""
    if not DATA.exists():
        return
    if is_served():
        raise Stop("A desk is still running on data/ of this checkout; stop it before you start over.")
    try:
        shutil.rmtree(DATA)
    except OSError as error:
        raise Stop(f"Could not delete {DATA}: {error.strerror}") from None


def is_served():
    """Whether a server holds the database. Windows lets nobody delete its open files anyway."""
    if WINDOWS or not SERVING.exists():
        return False
    import fcntl

    with SERVING.open("a+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def end_on_signals():
    """A kill, a closed terminal and Ctrl-C end the server in the same way, also where a shell started us deaf to them."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


def environment_for(port):
    """The surroundings of a demo; what the person set goes on holding, except what must fit the port."""
    site = f"http://{HOST}:{port}"
    fixed = {"WECOM_SIMULATOR": "true", "SITE_URL": site, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **fixed}


def prepare(name, command, environment):
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip()
        raise Stop(f"{said}\nPreparing the {name} failed (see above).")
    say(f"  {name:<14} {time.monotonic() - started:4.1f} s")


def wait_until_healthy(serving, port):
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        healthy = answers(f"http://{HOST}:{port}/healthz")
        # Asked afterwards: another server that took the port in the meantime would answer for a dead one of ours.
        if serving.poll() is not None:
            raise Stop("The server ended while it started (see above).")
        if healthy:
            return
        time.sleep(0.2)
    raise Stop(f"The server did not answer on port {port} within {START_LIMIT} seconds.")


def answers(address):
    # Without a proxy: the machine's own address is never behind one.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def announce(port):
    site = f"http://{HOST}:{port}"
    say()
    say(f"服务台已启动 / The desk is up: {site}/")
    say("点开即以该成员登录 / Opens signed in as this member:")
    for label, userid, place in DOORS:
        say(f"  {label}   {site}/wecom/simulator/phone/{userid}/open?to={place}")
    say(f"  手机和工作台并排 / side by side    {site}/wecom/simulator/together")
    say(f"  企业微信模拟器 / WeCom simulator   {site}/wecom/simulator/")
    say(f"  自选成员登录 / sign in as anybody  {site}/wecom/login?next=/itportal/")
    say("同时使用两个身份请开两个浏览器窗口(其一为无痕) / Two people at once: use a second, private window.")
    say("按 Ctrl-C 结束 / Press Ctrl-C to stop.")
    say()


def end(serving):
    """A terminal's Ctrl-C has reached the server too; a kill of this process alone has not."""
    try:
        serving.wait(timeout=2)
    except subprocess.TimeoutExpired:
        serving.terminate()
    try:
        serving.wait(timeout=STOP_LIMIT)
    except subprocess.TimeoutExpired:
        serving.kill()
        serving.wait()
