"""What the tables of the law answer at the bounds of their days and values: articles, kinds, labels, parameters, rules, social services."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from vivier.errors import InvalidRequest
from vivier.law.articles import (
    ARTICLE_NAMES,
    ARTICLE_OF_FAMILY,
    ARTICLES,
    RESERVING,
    STATUS_WORDS,
    WORDINGS,
    article_body,
    article_on,
    contract_article,
    reserving,
)
from vivier.law.kinds import FAMILY_OF_KIND, KINDS, default_zone_km, kinds_answering, lending, proved_until
from vivier.law.labels import LABELS, environmental, family, fitting, key_of
from vivier.law.parameters import (
    LabourCost,
    chosen,
    described,
    labour_cost_of,
    labour_share_of,
    labour_shares,
    parameter_on,
    supposed_shares,
    value,
)
from vivier.law.products import PRODUCT_DUTIES, product_duties
from vivier.law.rules import Consultation, NeedValue, Rule, applies, broken_by, in_force, reserving_rule, row_of, rules
from vivier.law.social import listed, social, social_services

DAY = date(2027, 1, 1)
EVE = timedelta(days=1)


def test_the_wording_of_a_day_is_the_last_one_begun_else_the_first() -> None:
    first, last = WORDINGS["L2112-2"]
    change = last.valid_from
    assert (article_on("L2112-2", change), article_on("L2112-2", change - EVE)) == (last, first)
    assert article_on("L2112-2", first.valid_from - EVE) == first and ARTICLES["L2112-2"] == last
    assert article_body(None) is None
    assert article_body(first) == {
        "code": "L2112-2",
        "title": first.title,
        "rule": first.rule,
        "valid_from": "2019-04-01",
        "valid_to": "2026-08-21",
        "status": first.status,
        "status_fr": STATUS_WORDS[first.status],
        "source": first.source,
        "source_url": first.source_url,
        "url": first.url,
    }
    assert last.used_as("social").title == last.title.replace("exécution", "exécution sociales")


def test_articles_reserve_contracts_or_concessions_with_the_one_of_prisons_when_it_is_wanted() -> None:
    contracts = ("L2113-12", "L2113-13", "L2113-14", "L2113-15", "L2113-13-1")
    concessions = ("L3113-1", "L3113-2", "L3113-2-1")
    assert reserving("marche", prison=True) == contracts and reserving("marche", prison=False) == contracts[:-1]
    assert reserving("concession", prison=True) == concessions
    assert reserving("concession", prison=False) == concessions[:-1]
    as_in = ["L2113-12", "L2113-13", "L2113-13-1"]
    assert [contract_article(code) for code in concessions] == as_in and contract_article("L2113-15") == "L2113-15"
    assert dict(ARTICLE_OF_FAMILY) == {
        "EA_ESAT": "L2113-12",
        "SIAE": "L2113-13",
        "ESS": "L2113-15",
        "PRISON": "L2113-13-1",
    }
    assert all(ARTICLE_NAMES.values()) and "L2112-2" not in ARTICLE_NAMES
    rule_of = {code: reserving_rule(code) for code in RESERVING}
    assert all(any(rule.article == code for rule in rules()[name]) for code, name in rule_of.items())
    with pytest.raises(StopIteration):
        reserving_rule("L1")


def test_a_kind_answers_its_articles_lends_people_and_is_of_one_family_at_most() -> None:
    assert kinds_answering("L2113-12") == ("EA", "EATT", "ESAT") and kinds_answering("L2113-15") == ("ESS",)
    assert kinds_answering("L2113-13") == ("EI", "ACI", "AI", "ETTI", "EITI") and kinds_answering("L2113-13-1") == (
        "SEP",
    )
    assert lending("any_trade") == ("AI", "ETTI", "EATT") and lending("branch", "contacts") == ("EITI", "GEIQ")
    assert (
        KINDS["EI"].answers("L2113-12") == "no" and FAMILY_OF_KIND["ESAT"] == "EA_ESAT" and "GEIQ" not in FAMILY_OF_KIND
    )
    assert KINDS["EI"].checked and not KINDS["EITI"].checked and not KINDS["GEIQ"].checked


@pytest.mark.parametrize(
    ("kind", "proof", "until"),
    [
        ("EI", date(2026, 11, 24), date(2029, 11, 24)),
        ("GEIQ", date(2026, 1, 1), date(2027, 1, 1)),
        ("EA", date(2024, 2, 29), date(2029, 2, 28)),
        ("EATT", date(2026, 1, 1), None),
        ("zzz", date(2026, 1, 1), None),
    ],
)
def test_an_agreement_is_proved_until_the_end_of_its_legal_term(kind: str, proof: date, until: date | None) -> None:
    assert proved_until(kind, proof) == until


def test_the_zone_assumed_is_the_widest_of_the_kinds_that_are_known() -> None:
    assert default_zone_km(()) == default_zone_km(("zzz",)) == 30.0
    assert default_zone_km(("zzz", "EI")) == KINDS["EI"].zone_km


def test_labels_are_read_by_family_and_by_trade() -> None:
    assert family("wood") == ("FSC", "PEFC") and family("zzz") == ()
    assert (key_of("PEFC"), key_of("RGE"), key_of("zzz")) == ("wood", "RGE", "zzz")
    assert [label.code for label in fitting(["apiculture"])] == ["BIO", "IGP"] and environmental(["apiculture"]) == (
        "BIO",
    )
    assert environmental(["recyclage", "zzz"]) == ("EMAS", "ISO14001") and fitting([]) == ()
    assert LABELS["ESUS"].asks == "nothing"


@pytest.mark.parametrize("inside", [15.0, 30.0, 150.0])
def test_a_value_given_within_its_range_is_taken(inside: float) -> None:
    assert chosen("hourly_cost", inside, "cost") == inside and chosen("hourly_cost", None, "cost") == 30.0


@pytest.mark.parametrize(
    ("code", "outside", "words"),
    [
        ("hourly_cost", 14.9, "doit être entre 15 et 150 (reçu : 14,9)"),
        ("hourly_cost", 150.1, "doit être entre 15 et 150 (reçu : 150,1)"),
        ("hourly_cost", float("nan"), "entre 15 et 150"),
        ("turnover_median", float("nan"), "doit être dans son intervalle"),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_its_field(code: str, outside: float, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        chosen(code, outside, "cost")
    (error,) = refused.value.errors
    assert (error.field, error.code) == ("cost", "out_of_range") and words in error.message, error.message
    assert error.message.startswith("« cost » (")


def test_a_parameter_is_that_of_its_day_and_is_shown_with_its_default() -> None:
    assert value("direct_supplies") == 60_000 == value("direct_supplies", date(2026, 4, 1))
    assert value("direct_supplies", date(2026, 3, 31)) == 40_000 == value("direct_supplies", date(2019, 1, 1))
    assert (
        parameter_on("direct_works", date(2020, 12, 8)).value != parameter_on("direct_works", date(2020, 12, 9)).value
    )
    own, default = described(("effort", "hourly_cost"), {"effort": 0.2})
    assert (own["code"], own["value"], own["default"], own["unit"]) == ("effort", 0.2, 0.05, own["unit"])
    assert (default["value"], default["default"]) == (30.0, 30.0)
    assert [each["value"] for each in described(("direct_supplies",), on=date(2026, 3, 31))] == [40_000]


def test_a_labour_share_is_known_supposed_or_the_mean_of_several() -> None:
    known, other = list(labour_shares())[:2]
    assert labour_share_of(known) == labour_shares()[known]
    assert labour_share_of("blanchisserie") == supposed_shares()["blanchisserie"]
    assert labour_share_of() is labour_share_of("zzz") is labour_share_of(known, "zzz") is None
    assert not labour_shares().keys() & supposed_shares().keys()
    supposed = supposed_shares()["blanchisserie"]
    mean: Any = labour_share_of(known, other, "blanchisserie")
    shares = [labour_shares()[known].share, labour_shares()[other].share]
    assert mean.share == pytest.approx((sum(shares) + supposed.share) / 3)
    assert (mean.low, mean.high) == (
        pytest.approx(min(*(share - 0.1 for share in shares), supposed.low or 1)),
        pytest.approx(max(*(share + 0.1 for share in shares), supposed.high or 0)),
    )
    assert mean.trade == f"{known}|{other}|blanchisserie" and mean.status == "supposé" and mean.alternative is None


def test_an_hour_of_several_trades_costs_their_mean_and_that_of_none_the_default() -> None:
    none = labour_cost_of()
    assert (none.low, none.cost, none.high) == (26, 30, 34) and labour_cost_of("zzz") == none
    cleaning, building = labour_cost_of("nettoyage-locaux"), labour_cost_of("peinture-batiment")
    both = labour_cost_of("nettoyage-locaux", "zzz", "peinture-batiment")
    mean = (cleaning.cost + building.cost) / 2
    assert both == LabourCost(cleaning.low, mean, building.high, cleaning.status, cleaning.source)


@pytest.mark.parametrize(
    ("cpv", "reserved", "is_social"),
    [
        ("80", "to_confirm", True),
        ("8", "to_confirm", True),
        ("80660000", "to_confirm", True),
        ("80670000", "no", False),
        ("85323000", "yes", True),
        ("85323900", "to_confirm", True),
        ("551", "no", True),
        ("55410000", "no", True),
        ("55411000", "no", False),
        ("92700000", "to_confirm", True),
        ("92700001", "no", False),
    ],
)
def test_a_cpv_is_social_within_a_range_and_below_a_code(cpv: str, reserved: str, is_social: bool) -> None:
    assert (social(cpv), listed(cpv)) == (is_social, reserved)


@pytest.mark.parametrize(
    ("trades", "cpvs", "only"),
    [
        (("traiteur", "restaurant"), (), True),
        (("traiteur", "nettoyage-locaux"), (), False),
        (("nettoyage-locaux",), ("85311000",), True),
        (("traiteur",), ("90910000",), False),
    ],
)
def test_a_purchase_is_of_social_services_only(trades: Collection[str], cpvs: tuple[str, ...], only: bool) -> None:
    assert social_services(trades, cpvs) is only


RULE = Rule("r", "L1", None, "duty", DAY, None, (), (), "", "need", "", "", "", "", "", "", (), "", "")


@pytest.mark.parametrize(
    ("changes", "to", "answer"),
    [
        ({}, {}, "yes"),
        ({"doubt": "x"}, {}, "to_verify"),
        ({"scope": "concession"}, {}, "no"),
        ({"scope": "marche"}, {}, "yes"),
        ({"valid_from": DAY + EVE}, {}, "no"),
        ({"valid_to": DAY}, {}, "yes"),
        ({"valid_to": DAY - EVE}, {}, "no"),
        ({"categories": ("travaux",)}, {}, "no"),
        ({"categories": ("travaux", "services")}, {}, "yes"),
        ({"buyers": ("central",)}, {}, "no"),
        ({"buyers": ("other",)}, {}, "yes"),
        ({"when": "reserved"}, {}, "no"),
        ({"when": "reserved"}, {"reserved": True}, "yes"),
        ({"when": "above_eu"}, {"value": NeedValue(216_000, 216_000)}, "yes"),
        ({"when": "above_eu"}, {"value": NeedValue(0, 215_999)}, "no"),
        ({"cpv": "renewable"}, {"cpv": ("09331200",)}, "yes"),
        ({"cpv": "renewable"}, {}, "no"),
        ({"cpv": "renewable"}, {"renewable": True}, "yes"),
        ({"cpv": "social"}, {}, "to_verify"),
        ({"cpv": "social"}, {"cpv": ("85311000", "90910000")}, "no"),
        ({"cpv": "ess"}, {"cpv": ("85311000",)}, "yes"),
        ({"cpv": "ess"}, {"cpv": ("85311000", "80000000")}, "to_verify"),
        ({"cpv": "ess"}, {"cpv": ("80000000", "90910000")}, "no"),
        ({"months_most": "ess_months"}, {}, "to_verify"),
        ({"months_most": "ess_months"}, {"months": 36}, "yes"),
        ({"months_most": "ess_months"}, {"months": 37}, "no"),
        ({"at_least": "direct"}, {"amount": 60_000, "value": NeedValue(60_000)}, "yes"),
        ({"at_least": "direct", "compares": "lot"}, {"amount": 59_999, "value": NeedValue(9e9)}, "no"),
        ({"at_least": "direct"}, {}, "to_verify"),
        ({"below": "direct"}, {"value": NeedValue(0, 59_999)}, "yes"),
        ({"below": "direct"}, {"value": NeedValue(60_000)}, "no"),
        ({"below": "direct"}, {"value": NeedValue(0, 60_000)}, "to_verify"),
        ({"below": "direct"}, {"value": NeedValue(50_000), "amount": 70_000}, "no"),  # « entre 50 000 et 70 000 »
    ],
)
def test_a_rule_holds_when_no_condition_is_false_and_is_to_verify_when_one_is_unknown(
    changes: dict[str, Any], to: dict[str, Any], answer: str
) -> None:
    assert replace(RULE, **changes).applies(Consultation(DAY, **to)) == answer


def test_small_lots_hold_for_certain_when_all_of_them_are_within_their_share() -> None:
    rule = replace(RULE, below="small_lot", compares="lot", share_most="small_lots", doubt="x")

    def of(*lots: float, amount: float = 20_000) -> Consultation:
        return Consultation(DAY, amount=amount, value=NeedValue(sum(lots), sum(lots), lots=lots))

    assert rule.small_lots(of(20_000, 80_000)) == (20_000, 20_000) and rule.applies(of(20_000, 80_000)) == "yes"
    assert rule.small_lots(of(20_000, 10_000, 90_000)) == (30_000, 24_000)
    assert rule.applies(of(20_000, 10_000, 90_000)) == "to_verify" and rule.applies(of(20_000, 79_999)) == "no"
    assert rule.small_lots(Consultation(DAY, amount=20_000)) is None
    assert replace(rule, share_most="").small_lots(of(20_000)) is replace(rule, below="").small_lots(of(1)) is None


def test_the_row_of_a_rule_is_the_surest_of_its_form_of_contract() -> None:
    code, every = next((code, every) for code, every in rules().items() if len({rule.scope for rule in every}) > 1)
    for kind in ("marche", "concession"):
        to = Consultation(DAY, kind, value=NeedValue(9e9, 9e9))
        answer, rule = row_of(code, to)
        assert rule.scope in (None, kind) and applies(code, to) == answer and rule in every
    big = Consultation(DAY, value=NeedValue(9e9, 9e9))
    assert in_force() == date(2026, 8, 22) and broken_by("criterion", big) and not broken_by("clause", big)
    assert not broken_by("criterion", replace(big, launched=in_force() - EVE))


def test_a_duty_on_products_is_told_with_its_shares_else_with_its_threshold() -> None:
    duty = replace(
        PRODUCT_DUTIES["agec_textile"],
        family="Textiles",
        threshold="à lire",
        shares={2025: (0.2, 0.1), 2027: (0.3, 0.0)},
    )
    years = {
        year: duty.text(date(year, 6, 1)).replace("\u202f", " ").replace("\u00a0", " ")
        for year in (2024, 2025, 2026, 2027)
    }
    told = "Textiles : 20 % en réemploi et 10 % en matières recyclées, par an."
    assert years[2024] == "Textiles : à lire." and years[2025] == years[2026] == told
    assert years[2027] == "Textiles : 30 % en réemploi et 0 % en matières recyclées, par an."
    assert replace(duty, since=None).due_on(DAY) and duty.shares_on(date(2024, 12, 31)) is None


@pytest.mark.parametrize(
    ("cpvs", "trades", "text", "codes"),
    [
        ((), ("mobilier",), "Table", None),
        ((), (), "", ()),
        ((), ("zzz",), "Mobilier urbain", ("agec_street",)),
        ((), ("zzz",), "Mobiliers urbains", ("agec_street",)),
        ((), ("zzz",), "Location de mobilier urbain", ()),
        (("34928480",), ("mobilier",), "Mobilier urbain", ("agec_bins",)),
        (("34000000",), (), "", ()),
    ],
)
def test_the_duties_of_a_purchase_are_those_of_its_codes_else_of_its_nouns_else_of_its_trades(
    cpvs: tuple[str, ...], trades: tuple[str, ...], text: str, codes: tuple[str, ...] | None
) -> None:
    found = tuple(duty.code for duty in product_duties(cpvs, trades, DAY, text))
    by_trade = tuple(duty.code for duty in PRODUCT_DUTIES.values() if {*trades} & {*duty.trades} and duty.due_on(DAY))
    assert found == (by_trade if codes is None else codes) and (codes is not None or by_trade)
