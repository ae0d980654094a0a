"""What is refused at the start, each with one line that says what to do."""


def test_a_second_process_on_the_in_memory_layer_is_refused(embedded):
    status, lines = embedded.installation.refused("serve", "--port", embedded.installation.ports[1])
    assert status == 1
    assert len(lines) == 1
    assert lines[0].startswith("REDIS_URL")


def test_a_worker_without_redis_is_refused(embedded):
    status, lines = embedded.installation.refused("work")
    assert status == 1
    assert len(lines) == 1
    assert "REDIS_URL" in lines[0]
