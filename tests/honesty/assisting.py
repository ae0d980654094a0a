"""The assistant never speaks over a person, shows nothing without a source, and lets nobody wait for it."""

from .mechanism import broken

TESTS = "assistant/tests/test_assistant.py::"
ARTICLES = "knowledge/tests/test_articles.py::"

ASSISTING = [
    broken(
        "a late answer is dropped under the lock",
        "whoever has the conversation by then does not matter",
        "assistant/tests/test_races.py::test_the_assistant_never_speaks_after_a_person_took_over",
        (
            "conversations/commands/assistant.py",
            "    if conversation.status != Status.BOT or conversation.epoch != epoch:\n",
            "    if conversation.epoch < 0:\n",
        ),
    ),
    broken(
        "a newer question takes the answer's place",
        "each question is answered",
        f"{TESTS}test_a_newer_message_is_answered_instead",
        (
            "conversations/commands/assistant.py",
            "sender_type__in=[Message.SenderType.EMPLOYEE, Message.SenderType.AI]",
            "sender_type__in=[Message.SenderType.AI]",
        ),
    ),
    broken(
        "one question has one answer, whatever dies",
        "a job that runs again answers again",
        f"{TESTS}test_a_job_that_runs_twice_answers_once",
        (
            "conversations/commands/assistant.py",
            "sender_type__in=[Message.SenderType.EMPLOYEE, Message.SenderType.AI]",
            "sender_type__in=[Message.SenderType.EMPLOYEE]",
        ),
    ),
    broken(
        "a quote stands in its article",
        "what the provider says is believed",
        f"{TESTS}test_what_no_article_says_is_never_shown",
        ("knowledge/queries.py", "return bool(quote) and found is not None and", "return True or"),
    ),
    broken(
        "a provider that fails hands over",
        "its failure is the job's",
        f"{TESTS}test_a_provider_that_fails_hands_over_to_people",
        ("assistant/answering.py", "    except ProviderError as error:\n", "    except ZeroDivisionError as error:\n"),
        ("assistant/answering.py", "    except Exception:\n", "    except ArithmeticError:\n"),
    ),
    broken(
        "who asks for a person gets one before any provider hears of it",
        "the words are a question like any other",
        f"{TESTS}test_asking_for_a_person_by_words_is_enough",
        ("conversations/commands/messages.py", "    if not asks_for_person(message.content):\n", "    if message:\n"),
    ),
    broken(
        "secrets are masked",
        "a provider sees the words as they are",
        f"{TESTS}test_secrets_are_masked",
        ("assistant/masking.py", '    return PASSWORD.sub(r"\\1［密码］", words)\n', "    return words\n"),
    ),
    broken(
        "articles for agents stay with agents",
        "the index shows them to everybody",
        f"{ARTICLES}test_what_is_for_agents_stays_with_agents",
        (
            "knowledge/library.py",
            "    return for_agents or entry.audience == ",
            "    return True or entry.audience == ",
        ),
    ),
    broken(
        "an article that expired is gone",
        "its day is not looked at",
        f"{ARTICLES}test_an_article_expires_on_its_day",
        ("knowledge/library.py", "| Q(expires_on__gt=today)", "| Q(expires_on__isnull=False)"),
    ),
    broken(
        "Markdown brings no element of its own",
        "raw HTML goes through the parser, and the cleaner lets pictures pass",
        f"{ARTICLES}test_nothing_in_markdown_runs_or_is_fetched",
        ("knowledge/markdown.py", '{"html": False, "linkify": False}', '{"html": True, "linkify": False}'),
        ("knowledge/markdown.py", '    "p", "br",', '    "img", "script", "p", "br",'),
    ),
    broken(
        "garbage is collected by a thread that holds no lock",
        "Python collects in whoever allocates",
        "itdesk/tests/test_garbage.py::test_a_writer_is_not_held_up_by_those_who_wait_for_it",
        ("itdesk/garbage.py", "        gc.disable()\n", ""),
    ),
]
