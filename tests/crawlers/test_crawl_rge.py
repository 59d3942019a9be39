"""RGE: qualifications gathered by site, periods kept apart, trades of those that hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.kit import Draft, Intake, Skip
from crawlers.kit.spool import Spool, gathered
from crawlers.run import import_files
from crawlers.sources import rge
from crawlers.sources._rge_site import day
from tests.crawlers.partial import crawl
from tests.crawlers.samples import NOW, SAMPLES, counts, records_of, samples
from tests.shared_data import shared_data
from tests.world import World, served
from vivier.errors import ImportRefused
from vivier.model import Record
from vivier.settings import Settings

SITE = "99931001400017"
ROW = json.loads((SAMPLES / "rge" / "sample-page1.json").read_text(encoding="utf8"))["results"][0]


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    """A CSV of the dataset, with these changes to one row of the sample."""
    file = folder / "rge.csv"
    with file.open("w", encoding="utf8", newline="") as lines:
        table = csv.DictWriter(lines, [*ROW, "_updatedAt"])
        table.writeheader()
        table.writerows({**ROW, **row} for row in rows)
    return file


def site(settings: Settings, folder: Path, *rows: dict[str, Any]) -> Record:
    """The one record these rows give."""
    import_files("rge", [written(folder, *rows)], settings, now=NOW)
    (record,) = records_of(settings, "rge").values()
    return record


def test_rows_of_a_site_are_one_record_and_each_is_counted(settings: Settings, tmp_path: Path) -> None:
    file = written(tmp_path, {}, {"code_qualification": "1"}, {"siret": "99931002200010"}, {})
    report = import_files("rge", [file], settings, now=NOW)
    assert counts(report) == (4, 2, {}, {"duplicate": 1, "gathered": 1})


def test_the_order_of_the_rows_does_not_show(settings: Settings, tmp_path: Path) -> None:
    rows = [{"code_qualification": str(n), "_updatedAt": f"2026-11-{n:02}"} for n in range(1, 6)]
    assert site(settings, tmp_path, *rows) == site(settings, tmp_path, *rows[::-1])


def test_without_a_day_of_update_the_qualification_that_starts_last_names_the_site(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [
        {"code_qualification": str(n), "lien_date_debut": f"2024-03-{n:02}", "commune": f"Ville {n}"} for n in (1, 2, 3)
    ]
    assert site(settings, tmp_path, *rows) == (record := site(settings, tmp_path, *rows[::-1]))
    assert record.address is not None and record.address.town == "Ville 3"
    assert record.provenance.updated_at is None


def test_only_columns_of_the_dataset_are_asked() -> None:
    """It is a view, without ``_updatedAt``: data-fair answers 400 to a column it has not."""
    (start,) = rge.PLAN.what.starts  # type: ignore[union-attr]
    columns = parse_qs(urlsplit(start).query)["select"][0].split(",")
    assert set(columns) <= set(ROW) and "_updatedAt" not in columns


def test_the_first_of_january_2099_is_no_end(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {"lien_date_fin": "2099-01-01"})
    assert [label.valid_until for label in record.labels] == [None]
    assert [offer.valid_until for offer in record.offers] == [None]
    assert "date_invalid" not in record.issues


def test_an_expired_qualification_proves_its_trade_until_it_ended(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {"lien_date_fin": "2026-11-23"})
    assert [label.valid_until for label in record.labels] == [date(2026, 11, 23)]
    assert [(offer.trade, offer.valid_until) for offer in record.offers] == [("isolation-toiture", date(2026, 11, 23))]


def test_a_renewal_that_starts_later_proves_its_trade_from_then_on(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {"lien_date_debut": "2026-11-25", "lien_date_fin": "2030-11-24"})
    assert [(o.valid_from, o.valid_until) for o in record.offers] == [(date(2026, 11, 25), date(2030, 11, 24))]


def test_two_periods_of_one_code_are_two_labels(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {}, {"lien_date_debut": "2020-03-01", "lien_date_fin": "2024-02-29"})
    assert [label.valid_from for label in record.labels] == [date(2024, 3, 1), date(2020, 3, 1)]


@pytest.mark.parametrize("domain", ["", "Inconnu", "Non renseigné"])
def test_a_domain_that_says_nothing_is_a_label_without_trade(settings: Settings, tmp_path: Path, domain: str) -> None:
    record = site(settings, tmp_path, {"domaine": domain})
    assert (record.labels[0].domain, record.offers) == (None, ())


def test_studies_are_for_professionals_and_are_not_works(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {"domaine": "Etude solaire photovoltaïque", "particulier": "false"})
    assert record.labels[0].audience == "professionals"
    assert [offer.trade for offer in record.offers] == ["audit-energetique"]


def test_trades_of_several_domains_are_one_offer_that_names_them(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {}, {"domaine": "Isolation du toit 2020"})
    (offer,) = record.offers
    assert offer.title == "Isolation des combles perdus ; Isolation du toit 2020"


def test_a_name_that_is_a_person_s_is_not_kept(settings: Settings, tmp_path: Path) -> None:
    record = site(settings, tmp_path, {"nom_entreprise": "Mme INVENTEE Jeanne"})
    assert "INVENTEE" not in record.model_dump_json()
    assert "person_name_removed" in record.issues


def test_a_file_of_pages_that_announces_more_rows_than_it_has_is_said(settings: Settings) -> None:
    report = import_files("rge", samples("rge")[:1], settings, now=NOW)
    assert report.issues["page_missing"] == 1


@pytest.mark.slow
def test_the_pages_are_followed_online_to_the_same_records(settings: Settings) -> None:
    pages = samples("rge")[:2]
    import_files("rge", pages, settings, now=NOW)
    expected = records_of(settings, "rge")
    start = rge.PLAN.what.starts[0].removeprefix("https://data.ademe.fr")  # type: ignore[union-attr]
    first, second = (page.read_bytes().replace(b'"total": 10', b'"total": 8') for page in pages)
    world = World(pages={start: first.replace(b"data.example", b"data.ademe.fr"), "/lines?after=4": second})
    with served(world):
        crawl("rge", settings, mirror=world.url)
    fetched = records_of(settings, "rge")
    assert fetched.keys() == expected.keys()
    assert fetched[SITE].labels == expected[SITE].labels


def test_a_page_of_another_layout_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "page.json"
    file.write_text(json.dumps({"total": 1, "results": [{"siret": SITE}]}))
    with pytest.raises(ImportRefused, match="nom_entreprise"):
        import_files("rge", [file], settings)


def test_a_date_is_read_in_both_writings_and_anything_else_is_said() -> None:
    issues: list[str] = []
    assert day("2026-02-01", issues) == day("01/02/2026", issues) == date(2026, 2, 1)
    assert day("bientôt", issues) is None
    assert issues == ["date_invalid"]


@pytest.mark.slow
def test_the_spool_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    intake = Intake(card=rge.CARD, now=NOW)

    def drafts(spool: Spool) -> Iterator[Draft]:
        for n in range(10_000):
            yield Draft(f"ligne {n}", spool.hold(f"{n % 7}", f"ligne {n}", {"n": n, "text": "x" * 500}), dict)

    def gather(key: str, rows: Any, intake: Intake) -> Record:
        return Record(source_id=key, provenance=intake.provenance(), name=f"{len(rows)}")

    found = list(gathered(drafts, gather, intake))
    gathered_records = [draft.outcome for draft in found if isinstance(draft.outcome, Record)]
    assert [record.source_id for record in gathered_records] == [str(n) for n in range(7)]
    assert sum(isinstance(draft.outcome, Skip) for draft in found) == 10_000 - 7
    assert list(tmp_path.iterdir()) == []


def test_the_shared_layout_is_read_as_its_notice_says(settings: Settings) -> None:
    pages = [shared_data("suppliers", "layouts", f"rge_lines_page{n}.json") for n in (1, 2)]
    report = import_files("rge", pages, settings, now=NOW)
    assert counts(report) == (13, 9, {"siret_invalid": 1}, {"gathered": 3})
    records = records_of(settings, "rge")
    assert {label.domain for label in records["99900105000015"].labels} == {None}
    assert [offer.valid_from for offer in records["99900107600010"].offers] == [date(2027, 1, 1)]
    assert records["99900103500016"].offers[0].trade == "pompes-chaleur"
    assert len({record.siren for record in records.values()}) == 8


ODD = [None, True, 0, -1, 1e300, "", "x" * 5_000, [], [1, {"a": []}], {}, {"id": {"nom": []}}]


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_never_stop_the_import(settings: Settings, tmp_path: Path, odd: object) -> None:
    rows = [{**ROW, "code_qualification": str(n), name: odd} for n, name in enumerate(ROW)]
    sound = [{**ROW, "code_qualification": f"sound {n}"} for n in range(3 * len(rows))]
    file = tmp_path / "page.json"
    file.write_text(json.dumps({"total": 1, "results": [*rows, *sound]}), encoding="utf8")
    report = import_files("rge", [file], settings, now=NOW)
    assert counts(report)[0] == len(rows) + len(sound)
    assert records_of(settings, "rge")[SITE].name == "TOITS DU LEVANT SARL"


def test_the_contacts_of_a_company_are_read_and_those_of_a_sole_trader_are_not(
    settings: Settings, tmp_path: Path
) -> None:
    reach = {"telephone": "01 99 00 31 01", "email": "contact@toits-du-levant.example"}
    company = site(settings, tmp_path, reach)
    assert (company.phone, company.mailbox) == ("0199003101", "contact@toits-du-levant.example")
    mobile = site(settings, tmp_path, {"telephone": "06 39 98 12 34", "email": "jeanne@toits.example"})
    assert mobile.phone is None and mobile.mailbox is None
    for name in ("CHALEUR DOUCE", "M. FICTIF PAUL", "FICTIF PAUL"):
        trader = site(settings, tmp_path, {**reach, "nom_entreprise": name})
        assert trader.phone is None and trader.mailbox is None
