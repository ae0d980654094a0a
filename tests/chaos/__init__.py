"""The chaos checker: is every acknowledged message there, once, in order, at everybody it is meant for and nobody else?

In the style of Jepsen's set test. `python -m tests.chaos` starts a real stack of its own, lets people write and read
while a nemesis breaks things by a plan made from a seed, mends everything, reads what is stored, and compares.

    python -m tests.chaos --profile short                           both stacks, half a minute each
    python -m tests.chaos --profile full                            10,000 messages, more than 300 faults
    python -m tests.chaos --stack grown --seed 7                    the same plan again
    python -m tests.chaos --stack embedded --faults sockets,layer --messages 100      a few seconds, aimed

Exit status 0: all counts are 0. Else 1, and the history of the run is kept in a folder whose name is printed;
`python -m tests.chaos.checker FOLDER` judges it again.

Who is who:

* `senders.py` people who write, each with the page's outbox: the same `client_id` on every try, in order, jittered
  backoff, `Retry-After`; no message counts as acknowledged before a 2xx was read.
* `pages.py` and `feed.py` open pages, as the scripts of the product do it: `hello` and `beat` compared, a gap by
  `prev_seq` asks `after=`, polling when sockets are refused. They record what they would show, and whatever reaches
  them that is none of their business.
* `weather.py` the network between people and server: requests and answers lost, posts that arrive twice or late.
* `nemesis.py`, `strikes.py`, `outages.py` everything else that breaks, in the order of `plan.py`; moments inside the
  product are those of `jobs/faults.py`.
* `stack.py`, `servers.py` the processes: `embedded` (one on SQLite) or `grown` (two web processes, a worker, and a
  PostgreSQL and a Redis of this run alone). Only processes that were started here are ever harmed.
* `checker.py` compares; knows nothing of processes and is tested with made-up histories. `report.py` prints.

The pages here are programs: what a browser shows is proved by `tests/browser/`. The network is in the client: a request
that is "lost" is one whose connection breaks before or after it was written.
"""
