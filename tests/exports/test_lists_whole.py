"""Exports of contracts, leads, buyers and indicators: as many rows as the search finds, and how to make them again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from tests.search_api.contracts.conftest import serve_both
from tests.search_api.contracts.corpus import TODAY
from vivier.contracts.find import find_list
from vivier.contracts.indicators import IndicatorsQuery
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.errors import InvalidRequest
from vivier.exports.figures import prepare_buyers, prepare_indicators
from vivier.exports.lists import prepare_leads, prepare_list
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

BEFORE = date(2020, 1, 1)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Snapshot]:
    with closing(serve_both(tmp_path_factory.mktemp("lists"), lexicon)) as engine:
        yield Snapshot(engine)


def column(document: Any, name: str) -> list[Any]:
    """The cells of a column."""
    place = [column.name for column in document.columns].index(name)
    return [row[place] for row in document.rows()]


def test_contracts_are_all_there_with_the_day_of_the_search(
    snapshot: Snapshot, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = ContractQuery()
    found = find_list(query, snapshot, lexicon, TODAY)
    document = prepare_list("contracts", query, snapshot, lexicon, TODAY)
    assert (document.things, document.of, document.as_of, document.total) == (
        "Marchés",
        "contracts",
        TODAY,
        found.total,
    )
    assert column(document, "rank") == list(range(1, found.total + 1)) and found.total > 1
    parameters = dict(document.parameters)
    assert (
        parameters["Adresse qui la refait"] == f"/v1/contracts?as_of={TODAY}" and parameters["Marchés"] == found.total
    )
    assert parameters["Génération de l'index"] == snapshot.contracts.generation.name
    assert document.remarks[-2].startswith("« non renseignée » n'est pas « absente »")
    past = prepare_list("contracts", ContractQuery(as_of=BEFORE), snapshot, lexicon, TODAY)
    assert past.as_of == BEFORE and past.total < found.total
    monkeypatch.setattr("vivier.exports.lists.MAX_ROWS", found.total)
    assert prepare_list("contracts", query, snapshot, lexicon, TODAY).total == found.total
    monkeypatch.setattr("vivier.exports.lists.MAX_ROWS", found.total - 1)
    with pytest.raises(
        InvalidRequest, match=f"au plus {found.total - 1} lignes ; cette recherche en trouve {found.total}"
    ):
        prepare_list("contracts", query, snapshot, lexicon, TODAY)
    with pytest.raises(InvalidRequest):
        prepare_list("contracts", ContractQuery(page=2), snapshot, lexicon, TODAY)


def test_what_an_unknown_value_leaves_out_is_a_remark(snapshot: Snapshot, lexicon: Lexicon) -> None:
    document = prepare_list("contracts", ContractQuery(amount_min=1), snapshot, lexicon, TODAY)
    unknown = find_list(ContractQuery(amount_min=1), snapshot, lexicon, TODAY).unknown_excluded
    told = [remark for remark in document.remarks if remark.startswith("Hors de ces lignes")]
    assert told == [
        f"Hors de ces lignes, faute de « {name} » connu : {count}." for name, count in unknown.items() if count
    ]


def test_leads_are_the_first_thousand_and_what_is_not_loaded_is_said(
    snapshot: Snapshot, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = LeadsQuery(trade=("entretien-espaces-verts",), territory=("FR",))
    profile = profile_of(query, snapshot, lexicon, TODAY)
    found = find_leads(query, profile, snapshot, lexicon, TODAY)
    document = prepare_leads(query, profile, snapshot, lexicon, TODAY)
    assert document.total == found.total > 1 and "Avis non chargés." in document.remarks
    assert column(document, "id")[0] == found.leads[0].id
    assert document.remarks[0] == "Avis non chargés." and dict(document.parameters)["Opportunités"] == found.total
    assert not any(remark.startswith("Marchés non chargés") for remark in document.remarks)
    monkeypatch.setattr("vivier.exports.lists.MOST_LEADS", 1)
    cut = prepare_leads(query, profile, snapshot, lexicon, TODAY)
    assert cut.total == 1 and cut.remarks[0] == f"1 premières opportunités sur {found.total}."
    due = column(cut, "due")[0]
    assert due == (None if found.leads[0].due is None else found.leads[0].due.isoformat())


def test_buyers_and_indicators_have_a_row_each_and_their_total(
    snapshot: Snapshot, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = BuyersQuery(trade=("entretien-espaces-verts",), territory=("FR",))
    profile = profile_of(query, snapshot, lexicon, TODAY)
    document = prepare_buyers(query, profile, snapshot, lexicon, TODAY)
    assert document.total > 0 and column(document, "rank") == list(range(1, document.total + 1))
    assert document.as_of == TODAY and f"Marchés notifiés depuis {query.months} mois." in document.remarks
    assert dict(document.parameters)["Acheteurs"] == document.total
    monkeypatch.setattr("vivier.exports.figures._CHUNK", 1)
    assert column(prepare_buyers(query, profile, snapshot, lexicon, TODAY), "rank") == list(
        range(1, document.total + 1)
    )
    figures = prepare_indicators(IndicatorsQuery(), snapshot, lexicon, TODAY)
    values = column(figures, "value")
    assert values[-1] == "total" and len(values) == figures.total and figures.as_of == TODAY
    assert "Marchés subséquents : non comptés quand leur accord-cadre est présent." in figures.remarks
    assert dict(figures.parameters)["Groupes"] == figures.total
    other = prepare_indicators(IndicatorsQuery(subsequent=True, as_of=BEFORE), snapshot, lexicon, TODAY)
    assert "Marchés subséquents : comptés." in other.remarks and other.as_of == BEFORE
    whole = prepare_indicators(IndicatorsQuery(), snapshot, lexicon, TODAY)
    counts = column(whole, "n")
    assert counts[-1] == sum(counts[:-1]) > 0
