"""The checks that every command runs: they hold also for settings that did not come through the environment."""

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection


def ids(**kwargs):
    return {message.id for message in run_checks(**kwargs) if message.id.startswith("itdesk.")}


def test_it_is_content_with_the_settings_of_the_test_run(db):
    assert ids(databases=["default"]) == set()


def test_it_refuses_the_simulator_under_a_real_name(settings):
    settings.WECOM_SIMULATOR, settings.LOOPBACK_ONLY = True, False
    assert "itdesk.E001" in ids()


@pytest.mark.parametrize("hosts", [["*"], [".example.com"], ["desk.example.com", "*"]])
def test_it_refuses_patterns_of_hosts(settings, hosts):
    settings.ALLOWED_HOSTS = hosts
    assert "itdesk.E002" in ids()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the pragmas are SQLite's")
@pytest.mark.parametrize("weak", ["PRAGMA synchronous=NORMAL", "PRAGMA synchronous=OFF"])
def test_it_refuses_a_database_that_may_forget_a_commit(weak):
    with connection.cursor() as cursor:
        cursor.execute(weak)
    try:
        assert ids(tags=[Tags.database], databases=["default"]) == {"itdesk.E004"}
    finally:
        connection.close()  # the next connection is set up anew


@pytest.mark.parametrize("name", ["WECOM_CORP_ID", "WECOM_SECRET"])
def test_it_only_warns_of_missing_wecom_values(settings, name):
    setattr(settings, name, "")
    found = [message for message in run_checks() if message.id == "itdesk.W001"]
    assert [message.is_serious() for message in found] == [False]
    assert name in found[0].msg
