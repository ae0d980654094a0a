import pytest
from django.urls import reverse
from django.utils import timezone

from jobs import queue
from jobs.models import Job
from jobs.worker import run_due

LIST = "admin:jobs_job_changelist"


@pytest.fixture
def dead_job(db, handle):
    def refuse():
        raise OSError("WeCom says no")

    handle("push", refuse, max_attempts=1)
    queue.enqueue("push")
    run_due()
    return Job.objects.get()


@pytest.fixture
def admin_client(client, zhaomin):
    client.force_login(zhaomin, backend="accounts.backends.WecomBackend")
    return client


def run_again(client, *jobs):
    data = {"action": "run_again", "_selected_action": [job.pk for job in jobs]}
    return client.post(reverse(LIST), data, follow=True)


def test_a_dead_job_is_shown_with_its_error_and_runs_again(admin_client, dead_job, handle):
    page = admin_client.get(reverse(LIST), {"state": "dead"}).content.decode()
    assert "WeCom says no" in page
    done = []
    handle("mended", lambda: done.append(1))
    Job.objects.update(name="mended")
    assert "将重新执行" in run_again(admin_client, dead_job).content.decode()
    assert run_due() == 1
    assert done == [1]


def test_only_dead_jobs_run_again(admin_client, handle):
    handle("push", lambda: None)
    queue.enqueue("push")
    run_due()
    run_again(admin_client, Job.objects.get())
    assert Job.objects.get().state == Job.State.DONE


def test_nothing_else_can_be_changed(admin_client, dead_job):
    page = reverse("admin:jobs_job_change", args=[dead_job.pk])
    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {"name": "other", "state": "ready"}).status_code == 403
    assert admin_client.get(reverse("admin:jobs_job_add")).status_code == 403
    assert admin_client.post(reverse("admin:jobs_job_delete", args=[dead_job.pk]), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [dead_job.pk], "post": "yes"}
    admin_client.post(reverse(LIST), data)
    assert Job.objects.get().name == "push"


@pytest.mark.parametrize("state", ["ready", "running", "done", "dead"])
def test_the_list_filters_by_state_and_name(admin_client, dead_job, state):
    now = timezone.now()
    Job.objects.create(name="other", state=state, run_at=now, max_attempts=1, created_at=now, unique_key="the-other")
    shown = admin_client.get(reverse(LIST), {"state": state, "name": "other"}).content.decode()
    assert shown.count('name="_selected_action"') == 1


def test_an_agent_sees_no_jobs(client, wangqiang, dead_job):
    client.force_login(wangqiang, backend="accounts.backends.WecomBackend")
    assert client.get(reverse(LIST)).status_code in {302, 403}
    assert run_again(client, dead_job).status_code != 500
    assert Job.objects.get().state == Job.State.DEAD
