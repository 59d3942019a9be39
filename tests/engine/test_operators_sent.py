"""An operator sent to another process is the same there: its hash, which each process draws for itself, stays behind."""

from __future__ import annotations

import pickle

from vivier.search.operators import Terms


def test_an_operator_sent_elsewhere_is_equal_and_takes_no_hash_with_it() -> None:
    operator = Terms("kinds", ("EA", "ESAT"))
    first = hash(operator)
    assert b"_hash" not in pickle.dumps(operator)
    again = pickle.loads(pickle.dumps(operator))
    assert again == operator and hash(again) == first == hash(operator)
