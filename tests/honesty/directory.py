"""Who left loses access, and nobody else; what pages do inside WeCom gives nothing away."""

from .mechanism import broken

DIRECTORY_TESTS = "wecom/tests/test_directory.py::"
SDK = "wecom/tests/test_js_sdk.py::"
PICTURES = "wecom/tests/test_pictures.py::"
INSIDE = "tests/browser/test_wecom.py::"

DIRECTORY = [
    broken(
        "who seems gone is looked up by name",
        "a department that answers nothing shuts its people out",
        f"{DIRECTORY_TESTS}test_a_department_that_vanishes_meanwhile_shuts_nobody_out",
        (
            "wecom/directory.py",
            "            member = members[user.userid_key] = look(client, user.userid)\n",
            "            members[user.userid_key] = None\n",
        ),
    ),
    broken(
        "more than plausible is not believed",
        "whoever seems gone is shut out",
        f"{DIRECTORY_TESTS}test_more_than_plausible_shuts_nobody_out_and_raises_one_alarm",
        ("wecom/leaving.py", "    if people and len(people) > _plausible(timezone.now()):\n", "    if False:\n"),
    ),
    broken(
        "the people of a day count together",
        "each look has a day's measure of its own",
        f"{DIRECTORY_TESTS}test_one_event_after_another_is_held_as_well",
        (
            "wecom/leaving.py",
            "    return max(ALWAYS_PLAUSIBLE, share) - gone\n",
            "    return max(ALWAYS_PLAUSIBLE, share)\n",
        ),
    ),
    broken(
        "an error ends a look before its first change",
        "each is shut out as soon as they are found gone",
        f"{DIRECTORY_TESTS}test_a_second_lookup_that_breaks_off_shuts_out_not_even_the_first",
        ("wecom/directory.py", "            gone.append(user)\n", "            end_access([user], Occasion.NIGHT)\n"),
    ),
    broken(
        "an event is a reason to look, not the truth",
        "whom an event calls gone is shut out",
        f"{DIRECTORY_TESTS}test_an_event_that_comes_late_shuts_nobody_out",
        (
            "wecom/directory.py",
            "    member = look(client, user.userid)\n    if member is not None:\n",
            "    member = None\n    if member is not None:\n",
        ),
    ),
    broken(
        "whom an administrator shut out stays outside",
        "anybody whom WeCom shows is let in again",
        f"{DIRECTORY_TESTS}test_whom_an_administrator_shut_out_stays_outside",
        (
            "wecom/people.py",
            "    if not user.is_active and roles.left_by_directory(user):\n        # They",
            "    if not user.is_active:\n        # They",
        ),
    ),
    broken(
        "only our own pages are signed",
        "any host's are",
        f"{SDK}test_it_signs_no_other_address",
        ("wecom/js_sdk.py", "    if origin not in map(origin_of, own):\n", "    if not origin:\n"),
    ),
    broken(
        "one of eight workers fetches a ticket",
        "each fetches its own",
        f"{SDK}test_one_of_eight_workers_fetches_it",
        (
            "wecom/tickets.py",
            ".update(lease_owner=owner, lease_until=now + LEASE) == 1",
            ".update(lease_owner=owner) >= 0",
        ),
    ),
    broken(
        "a failing page costs one ticket in five minutes",
        "each refusal fetches another",
        f"{SDK}test_a_refused_signature_costs_one_ticket_in_five_minutes",
        (
            "wecom/tickets.py",
            "        before = min(signed_at, timezone.now() - NO_NEWER_WITHIN)\n",
            "        before = signed_at\n",
        ),
    ),
    broken(
        "a picture is what its bytes say",
        "what WeCom calls a picture is taken",
        f"{PICTURES}test_what_is_no_picture_is_not_taken_whatever_wecom_calls_it",
        ("wecom/pictures.py", "not in {*file_kinds.PICTURES, file_kinds.HEIC}", "is None"),
    ),
    broken(
        "an id stays with who named it first",
        "somebody else is told how far it is",
        f"{PICTURES}test_nobody_takes_over_the_id_of_somebody_else",
        ("wecom/pictures.py", "        if picture.owner_id != owner.pk:\n", "        if False:\n"),
    ),
    broken(
        "a plain browser loads nothing of WeCom's",
        "every browser asks for the bridge",
        f"{INSIDE}test_another_browser_loads_nothing_and_waits_for_nothing",
        ("static/js/wecom.js", "  if (CLIENT.test(navigator.userAgent)) {\n", "  if (navigator.userAgent) {\n"),
    ),
    broken(
        "the SDK comes only where a bridge is",
        "the bridge is not waited for",
        f"{INSIDE}test_without_a_bridge_the_page_gives_up_and_loads_nothing_more",
        ("static/js/wecom_bridge.js", "  await within(BRIDGE, bridge());\n", "  bridge();\n"),
    ),
]
