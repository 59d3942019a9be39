"""What a process remembers is bounded in bytes, all together, as it is measured."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field

import numpy as np
import pytest

from vivier.memory import Memory, Room, measured


def test_a_value_is_made_once() -> None:
    room, made = Room[str, int](memory=Memory(10_000)), iter(range(1, 9))
    assert [room.of(key, lambda: next(made)) for key in ("a", "a", "b", "a")] == [1, 1, 2, 1]


def test_rooms_do_not_mix_their_keys() -> None:
    memory = Memory(10_000)
    one, other = Room[str, int](memory=memory), Room[str, int](memory=memory)
    one.put("a", 1)
    assert other.get("a") is None
    other.put("a", 2)
    one.clear()
    assert one.get("a") is None and other.get("a") == 2


def test_the_value_used_longest_ago_leaves_first_whatever_its_room() -> None:
    memory = Memory(4_000)
    texts, arrays = Room[str, str](memory=memory), Room[str, bytes](len, memory)
    texts.put("a", "x" * 500)
    arrays.put("b", bytes(500))
    arrays.put("c", bytes(500))
    assert texts.get("a") is not None
    arrays.put("d", bytes(900))
    assert arrays.get("b") is None and texts.get("a") is not None
    arrays.put("huge", bytes(5_000))
    assert arrays.get("huge") is None and texts.get("a") is not None
    assert 0 < memory.size <= memory.most == 4_000


def test_a_bound_that_is_lowered_is_held_at_once() -> None:
    memory = Memory(100_000)
    room = Room[int, bytes](len, memory)
    for number in range(20):
        room.put(number, bytes(4_000))
    memory.bound(10_000)
    assert memory.size <= 10_000 and room.get(19) is not None and room.get(0) is None


def test_a_value_that_grows_takes_only_what_it_grew_by() -> None:
    memory = Memory(10_000)
    room = Room[str, bytes](len, memory)
    room.put("small", bytes(1_000))
    for size in range(1_000, 8_000, 500):
        room.put("grows", bytes(size))
    assert room.get("small") is not None and room.get("grows") == bytes(7_500)


def test_an_error_is_not_kept() -> None:
    room = Room[str, float](memory=Memory(10_000))
    with pytest.raises(ZeroDivisionError):
        room.of("a", lambda: 1 / 0)
    assert room.of("a", lambda: 1.0) == 1.0


@dataclass(frozen=True)
class Held:
    name: str
    rows: np.ndarray
    more: dict[str, tuple[str, ...]] = field(default_factory=dict)


def test_what_is_measured_is_what_is_allocated() -> None:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    held = [
        Held(f"name {number}" * 20, np.zeros(100 + number), {f"k{number}": (f"v{number}" * 30,)})
        for number in range(200)
    ]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert measured(held) == pytest.approx(after - before, rel=0.15)
    assert measured((held, held, Held, measured)) < measured(held) * 1.01 + 200
