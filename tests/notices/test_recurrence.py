"""What a buyer says of the notices to come: recurrent or not, and in which period the next one is expected."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.contracts.notices.recurrence import period_of
from crawlers.run import import_files
from tests.shared_data import shared_data
from vivier.contracts.announced import period_text
from vivier.model import Notice
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings

DAY = date(2021, 1, 15)


@pytest.mark.parametrize(
    ("text", "first", "last", "said"),
    [
        ("janvier 2025.", "2025-01-01", "2025-01-31", "janvier 2025"),
        ("Février 2024", "2024-02-01", "2024-02-29", "février 2024"),
        ("1.7.2023", "2023-07-01", "2023-07-31", "juillet 2023"),
        ("1 er trimestre 2027", "2027-01-01", "2027-03-31", "1er trimestre 2027"),
        ("Un nouvel avis sera lancé le 3 e trimestre 2024.", "2024-07-01", "2024-09-30", "3e trimestre 2024"),
        ("dans le courant dupremier semestre 2027", "2027-01-01", "2027-06-30", "1er semestre 2027"),
        ("2 d semestre 2024.", "2024-07-01", "2024-12-31", "2e semestre 2024"),
        ("dernier trimestre 2022", "2022-10-01", "2022-12-31", "4e trimestre 2022"),
        ("à la fin des 4 ans soit courant 2022", "2022-01-01", "2022-12-31", "2022"),
    ],
)
def test_a_period_is_read_as_precisely_as_it_is_written(text: str, first: str, last: str, said: str) -> None:
    found = period_of(text, DAY)
    assert found == (date.fromisoformat(first), date.fromisoformat(last))
    assert period_text(*found) == said


@pytest.mark.parametrize(
    "text",
    [
        "À l'issue des 4 années de l'accord-cadre.",
        "Durée du marché 5 ans à compter du 1.1.2022, soit une fin au 31.12.2026.",
        "Jusqu'au 31.12.2023. Il est reconductible 3 fois, du 1 er janvier au 31 décembre.",
        "en 2022, 2023 et 2024",
        "2019",
        "5e trimestre 2024",
        "",
    ],
)
def test_a_duration_several_dates_or_a_past_one_give_no_period(text: str) -> None:
    assert period_of(text, DAY) is None


@pytest.mark.slow
@given(st.text(max_size=120), st.dates())
def test_any_text_gives_a_period_after_its_notice_or_none(text: str, published: date) -> None:
    found = period_of(text, published)
    assert found is None or (found[0] <= found[1] and found[1] > published)


@pytest.mark.slow
def test_every_declaration_of_the_real_stream_is_kept(tmp_path: Path) -> None:
    """Counted apart, by the tags of the raw files."""
    paths = sorted(shared_data("contracts").glob("stream/ted-fr-2016-2022/*.zip"))
    settings = Settings(home=tmp_path)
    import_files("ted", paths, settings)
    kept = {notice.number: notice.recurrence for notice in read_models(current_run(settings.records, "ted"), Notice)}
    declared = {number: said for number, said in _declared(paths) if number in kept}
    assert len(declared) > 100
    assert {
        number: found is not None and found.recurrent for number, found in kept.items() if number in declared
    } == declared
    assert sum(found is not None and found.first is not None for found in kept.values()) >= 20


def _declared(paths: list[Path]) -> Iterator[tuple[str, bool]]:
    for path in paths:
        with zipfile.ZipFile(path) as files:
            for name in files.namelist():
                text = files.read(name).decode("utf8", "replace") if name.endswith(".xml") else ""
                found = re.search(r"<(NO_)?RECURRENT_(?:PROCUREMENT|CONTRACT)\b", text)
                number = re.search(r'DOC_ID="0*(\d+-\d{4})"', text)
                if found and number:
                    yield number[1], found[1] is None
