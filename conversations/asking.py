"""Questions to the database from the server's loop."""

import traceback

from channels.db import database_sync_to_async


async def ask(question, *args, **how):
    """`question(*args)` in a thread; `how` as for `database_sync_to_async`. An error comes without what it touched.

    Its traceback would carry the dead cursor over to the loop. Freed there, it waits for the mutex of its connection,
    and with it every page, while that connection waits for the database.
    """
    return await database_sync_to_async(_told_lightly, **how)(question, *args)


def _told_lightly(question, *args):
    try:
        return question(*args)
    except Exception as error:
        for each in _with_causes(error):
            traceback.clear_frames(each.__traceback__)
        raise


def _with_causes(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
