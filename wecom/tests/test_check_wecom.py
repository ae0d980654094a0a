"""The set-up's steps in a terminal, and what neither door may show (WECOM 12, RELIABILITY C11)."""

from django.core.management import call_command

from wecom.models import AccessToken
from wecom.setup.steps import STEPS

from .strict_wecom import OUTSIDE
from .test_setup import PAGE, TESTED


def told(capsys, *arguments):
    try:
        call_command("check_wecom", *arguments)
        status = 0
    except SystemExit as ended:
        status = ended.code
    return status, capsys.readouterr().out


def test_the_command_walks_the_same_steps(company, capsys):
    status, text = told(capsys, "--user", "zhaomin", "--send")
    assert status == 0, text
    for step in STEPS:
        assert str(step.title) in text
    assert company.count("message/send") == 1
    company.answers["user/get"] = company.no(60020, "not allow to access from your ip")
    status, text = told(capsys, "--user", "zhaomin")
    assert status == 1
    assert f"出口地址：{OUTSIDE}" in text
    assert "60020" in text


def test_neither_shows_a_secret(company, admin, capsys, settings):
    _status, text = told(capsys, "--user", "zhaomin", "--send")
    text += admin.get(PAGE).content.decode()
    text += "".join(admin.get(f"{PAGE}steps/{slug}").content.decode() for slug in TESTED)
    keys = [settings.WECOM_SECRET, settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY]
    canaries = [*keys, AccessToken.objects.get().token, "canary-ticket"]
    assert [canary for canary in canaries if canary in text] == []


def test_the_simulator_passes_as_it_stands(wecom, zhaomin, capsys):
    status, text = told(capsys, "--user", "zhaomin", "--send")
    assert status == 0, text
    assert "[!!]" not in text
    assert "服务器的时钟是准的" in text
    assert "企业微信收下了" in text
