"""A patience is that of all the statements of a caller together."""

from __future__ import annotations

import threading

from vivier.patience import LONGEST, patience, waiting


def test_what_is_waited_is_taken_from_what_is_left() -> None:
    with patience(4.0):
        with waiting() as first:
            threading.Event().wait(0.02)
        with patience(1.0), waiting() as optional:
            pass
        with waiting() as second:
            threading.Event().wait(0.02)
        with patience(1.0), waiting():
            threading.Event().wait(0.02)
        with waiting() as last:
            pass
    assert first == 4.0 and optional == 1.0 and 1.0 < second <= 4.0 - 0.02 and 1.0 < last <= second - 0.04


def test_a_patience_within_another_has_no_more_than_it() -> None:
    with patience(1.0), patience(5.0), waiting() as left:
        assert left <= 1.0


def test_a_verb_waits_for_the_longest_statement() -> None:
    with waiting() as left:
        assert left == LONGEST
