"""Are the checks honest? Each mechanism of the send path and the live feed is broken on purpose, and a check must say so.

    python -m tests.honesty                      all of them, in copies of the tree
    python -m tests.honesty "row lock" beat      only those whose name holds one of these words
    python -m tests.honesty --list               the names
    python -m tests.honesty --commit HEAD        what is committed, not what lies in the working tree

A mechanism is caught when its check is green as things are and red for an assertion once it is broken. Exit status 0:
all were caught. A break whose anchor is no longer in the source, or a check that is red before, is a failure too.
"""
