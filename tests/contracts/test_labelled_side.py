"""Leads, and what was not won, of ordinary companies that hold a label: nothing reserved, no hours to work, a reason where a purchase bears an
environmental provision or names a label."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.demo_home import TODAY, demo_home
from vivier.contracts.find import find_list
from vivier.contracts.held_labels import HeldLabel, label_reason, trades_of_labels
from vivier.contracts.leads import Lead, Leads, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.validity import holds_on

CLEANERS = {"trade": ("nettoyage-locaux",), "territory": ("FR",), "per_page": 100}

FITTING = 1_600
"""Points of an environmental provision of a trade that a label bears on."""


class Labelled:
    """The demonstration, asked for its ordinary labelled companies."""

    def __init__(self, engine: Store, lexicon: Lexicon) -> None:
        self.snapshot, self.lexicon = Snapshot(engine), lexicon
        records = (hit.record for hit in self.snapshot.suppliers.scan(All()))
        self.companies = [each for each in records if each.get("labels") and not each.get("agreements")]

    def leads(self, **given: object) -> Leads:
        query = LeadsQuery.model_validate(given)
        return find_leads(
            query, profile_of(query, self.snapshot, self.lexicon, TODAY), self.snapshot, self.lexicon, TODAY
        )


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Labelled]:
    with closing(open_engine(demo_home(tmp_path_factory.mktemp("labelled")))) as engine:
        yield Labelled(engine, lexicon)


def bears(lead: Lead, provision: str) -> bool:
    return any(piece["provision"] == provision for piece in lead.record.get("evidence", ()))


def worth_of(lead: Lead) -> int:
    return next(part.points for part in lead.components if part.name == "provision")


@pytest.mark.slow
def test_nothing_reserved_and_no_hours_are_leads_of_an_ordinary_company(labelled: Labelled) -> None:
    seen = 0
    for company in labelled.companies:
        found = labelled.leads(supplier=company["id"], per_page=100)
        assert found.profile.ordinary and not found.totals["clause_holder"]
        assert not [lead.id for lead in found.leads if bears(lead, "reserved")], company["id"]
        seen += found.total
    assert seen > 20


@pytest.mark.slow
def test_an_environmental_provision_is_a_reason_for_who_holds_a_label_of_that_trade(labelled: Labelled) -> None:
    told = 0
    for company in labelled.companies:
        in_force = {each["value"]["code"] for each in company["labels"] if holds_on(each["value"], TODAY)}
        found = labelled.leads(supplier=company["id"], per_page=100)
        for lead in found.leads:
            reasons = [reason for reason in lead.reasons if reason.code == "label"]
            assert not reasons or bears(lead, "environmental")
            assert all(any(LABELS[code].name in reason.text for code in in_force) for reason in reasons)
            told += len(reasons)
    assert told > 5


@pytest.mark.slow
def test_a_label_said_by_hand_is_a_filter_of_whom_leads_are_for(labelled: Labelled) -> None:
    without, holding = labelled.leads(**CLEANERS), labelled.leads(**CLEANERS, label=("EU_ECOLABEL",))
    kept = {lead.id for lead in without.leads if not bears(lead, "reserved")}
    assert {lead.id for lead in holding.leads} == kept < {lead.id for lead in without.leads}
    assert not any(reason.code == "label" for lead in without.leads for reason in lead.reasons)
    fitting = {lead.id for lead in holding.leads if any(reason.code == "label" for reason in lead.reasons)}
    assert fitting == {lead.id for lead in holding.leads if worth_of(lead) >= FITTING}
    assert fitting and all(bears(lead, "environmental") for lead in holding.leads if lead.id in fitting)
    inclusive = labelled.leads(**CLEANERS, label=("EU_ECOLABEL",), kind=("EA",))
    assert any(bears(lead, "reserved") for lead in inclusive.leads)


@pytest.mark.slow
def test_an_environmental_provision_is_worth_more_to_who_holds_a_label_of_that_trade(labelled: Labelled) -> None:
    def points(label: str) -> dict[str, int]:
        found = labelled.leads(**CLEANERS, label=(label,), provision=("environmental",))
        return {lead.id: worth_of(lead) for lead in found.leads}

    fitting, other = points("EU_ECOLABEL"), points("RGE")
    assert fitting and fitting.keys() == other.keys()
    assert all(fitting[id_] >= other[id_] > 0 for id_ in fitting) and fitting != other


@pytest.mark.slow
def test_what_an_ordinary_company_did_not_win_bears_an_environmental_provision(
    labelled: Labelled,
) -> None:
    seen = 0
    for company in labelled.companies[:60]:
        query = ContractQuery(missed=company["id"], per_page=100)
        for missed in find_list(query, labelled.snapshot, labelled.lexicon, TODAY).results:
            seen += 1
            assert any(piece["provision"] == "environmental" for piece in missed.record["evidence"])
            assert missed.reasons[0].code == "missing"
    assert seen


def test_a_label_that_the_object_names_is_told_as_such() -> None:
    lexicon = load_lexicon()
    named = {"object": "Impression de dépliants, entreprise Imprim'Vert ou équivalent", "cpv": "79810000"}
    quiet = {"object": "Impression de dépliants", "cpv": "79810000"}
    green = {**quiet, "evidence": ({"provision": "environmental"},)}
    held = (HeldLabel("IMPRIM_VERT"),)
    (reason,) = label_reason(named, held, (), lexicon)
    assert "Imprim'Vert" in reason.text and not reason.inferred and reason.fits
    (reason,) = label_reason(green, held, (), lexicon)
    assert "Imprim'Vert" in reason.text and reason.inferred
    assert not list(label_reason(quiet, held, (), lexicon))
    assert not list(label_reason(green, (HeldLabel("RGE"),), (), lexicon))


def test_a_qualification_bears_on_the_trades_of_its_domain_alone() -> None:
    trades = load_lexicon().trades
    domain = trades.get("isolation").rge[0]
    narrow, whole = (set(trades_of_labels((HeldLabel("RGE", named),), load_lexicon())) for named in (domain, "Inconnu"))
    assert "isolation" in narrow and "solaire" not in narrow
    assert {"isolation", "solaire"} <= whole
