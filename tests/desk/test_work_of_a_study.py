"""What the lots of a trade and a place share is read once: counted in calls, which a busy machine does not change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.suppliers.conftest import House, served_demo
from tests.work import calls
from vivier.desk.consultation import Desk
from vivier.desk.facts.holders import holders
from vivier.desk.facts.pools import CANDIDATE, Pools
from vivier.desk.method.offers import odds
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.body import board_body, study_body
from vivier.lexicon import Lexicon
from vivier.memory import measured
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def house(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served_demo(tmp_path_factory.mktemp("work"), lexicon) as house:
        yield house


def line_of(place: str, amount: int, lexicon: Lexicon) -> Line:
    return understand(
        Row(1, {"trade": "nettoyage-locaux", "place": place, "amount": str(amount), "months": "24"}), lexicon
    )


def studied(line: Line, house: House) -> None:
    desk = Desk(Snapshot(house.engine), house.lexicon, StudySettings(TODAY))
    study_body(desk.lot(line), desk.settings)


def test_another_amount_at_a_place_already_read_is_under_half_of_the_work(house: House, lexicon: Lexicon) -> None:
    """What other tests left in the caches of the tables makes the first one lighter."""
    first = calls(lambda: studied(line_of("departement:69", 90_000, lexicon), house))
    again = calls(lambda: studied(line_of("departement:69", 150_000, lexicon), house))
    assert again < first / 2, (first, again)


def test_a_board_says_what_the_study_of_a_line_says_for_less_work(house: House, lexicon: Lexicon) -> None:
    """On another day nothing of the first is remembered."""
    desk, fresh = (Desk(Snapshot(house.engine), lexicon, StudySettings(day)) for day in (TODAY, TODAY.replace(day=25)))
    line = line_of("departement:44", 90_000, lexicon)
    rows: list[Any] = []
    glanced = calls(lambda: rows.extend(board_body(glance) for glance in desk.board([line])))
    whole = calls(lambda: rows.append(study_body(fresh.lot(line), fresh.settings)))
    board, study = rows
    assert (board["lever"], board["reason"]) == (study["advice"]["lever"], study["advice"]["reason"])
    assert board["hours"] is not None and glanced < 0.9 * whole, (glanced, whole)


def test_the_holders_of_a_place_already_read_are_not_counted_again(house: House, lexicon: Lexicon) -> None:
    def count(place: str) -> int:
        return calls(lambda: holders(("impression",), (place,), (), TODAY, Snapshot(house.engine), lexicon))

    first, again = count("departement:35"), count("departement:35")
    assert again < first / 4, (first, again)


def test_the_size_of_a_pool_is_estimated_near_what_is_measured(house: House, lexicon: Lexicon) -> None:
    """To measure a pool walks all that its candidates hold, longer than it takes to read them."""
    pool = Pools(Snapshot(house.engine), lexicon, TODAY).of(("nettoyage-locaux",), ("region:84",))
    estimated = CANDIDATE * (len(pool.candidates) + len(pool.around))
    assert 0.7 * measured(pool) < estimated < 1.5 * measured(pool)


def test_odds_added_to_those_before_are_those_of_all() -> None:
    before, after = (0.2, 0.7, 1.0), (0.4, 0.01, 0.9)
    assert odds(after, odds(before)) == odds((*before, *after))
