"""Lists of labels and networks: the traps of each source, on its authored sample and on the official layouts given beside."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from crawlers.kit import Intake, Row
from crawlers.run import import_files, sources
from crawlers.sources._legal_unit import seat_of, siren_of
from crawlers.sources.esus import years_later
from crawlers.sources.hosmoz import offers_of
from crawlers.sources.marche import convert
from crawlers.trades import family_of_sector, trades_of_sector
from tests.crawlers.samples import NOW, counts, records_of, samples
from tests.shared_data import shared_data
from vivier.errors import ImportRefused
from vivier.model import Record
from vivier.settings import Settings
from vivier.trades.words import trade_of_words

LAYOUTS = {
    "ea2": (("EA2_ITOU.txt",), (10, 9, {}, {"duplicate": 1})),
    "hosmoz": (("hosmoz_export.csv",), (10, 10, {}, {})),
    "marche": (("marche_siae_offset0.json", "marche_siae_offset4.json"), (6, 5, {}, {"inactive": 1})),
    "ess_france": (("ess_france.csv",), (10, 7, {"siren_invalid": 1, "siren_missing": 1}, {"duplicate": 1})),
    "esus": (("esus.csv",), (5, 4, {"siren_missing": 1}, {})),
    "rfar": (("rfar.csv",), (10, 7, {"siren_invalid": 2, "siren_missing": 1}, {})),
    "epv": (("epv.csv",), (10, 8, {"siret_missing": 1}, {"duplicate": 1})),
    "bilan_ges": (("bilan_ges.csv",), (6, 4, {"siren_invalid": 1, "siren_missing": 1}, {})),
}


@pytest.mark.parametrize("source_id", sorted(LAYOUTS))
def test_the_official_layout_given_beside_is_read_row_by_row(settings: Settings, source_id: str) -> None:
    names, expected = LAYOUTS[source_id]
    report = import_files(source_id, [shared_data("suppliers", "layouts", name) for name in names], settings)
    assert counts(report) == expected
    assert report.columns_unknown == ()


@pytest.mark.slow
def test_the_real_sample_of_digital_companies_is_read_whole(settings: Settings) -> None:
    file = shared_data("suppliers", "ess_numerique_2026_echantillon.csv")
    assert counts(import_files("ess_numerique", [file], settings)) == (476, 459, {}, {"unit_ceased": 17})
    records = records_of(settings, "ess_numerique").values()
    assert Counter(label.code for record in records for label in record.labels) == {"ESUS": 66}
    assert not any(record.offers for record in records)


def imported(settings: Settings, source_id: str) -> dict[str, Record]:
    import_files(source_id, samples(source_id), settings, now=NOW)
    return records_of(settings, source_id)


def test_the_supplier_of_ea2_is_the_member_and_prison_stands_apart(settings: Settings) -> None:
    found = imported(settings, "ea2")
    assert {key: record.agreements[0].kind for key, record in found.items()} == {
        "99300002500011-EA": "EA",
        "99300002500011-EATT": "EATT",
        "99300003300015-EAMP": "EAMP",
        "99300006600015-EA": "EA",
        "99300007400019-EA": "EA",
    }
    assert all(record.agreements[0].valid_until is None for record in found.values())
    assert {record.provenance.updated_at for record in found.values()} == {date(2026, 9, 7)}


@pytest.mark.parametrize(
    ("kept", "message"), [(lambda lines: [*lines[:2], lines[-1]], "0 ligne"), (lambda lines: lines[:-1], "coupé")]
)
def test_an_empty_or_cut_delivery_of_ea2_is_refused(
    settings: Settings, tmp_path: Path, kept: object, message: str
) -> None:
    lines = samples("ea2")[0].read_text(encoding="utf8").splitlines(keepends=True)
    file = tmp_path / "EA2_ITOU.txt"
    file.write_text("".join(kept(lines)), encoding="utf8")  # type: ignore[operator]
    with pytest.raises(ImportRefused, match=message):
        import_files("ea2", [file], settings)


def test_a_second_siret_serves_only_where_the_first_is_missing(settings: Settings) -> None:
    found = imported(settings, "hosmoz")
    assert (found["2"].siret, found["3"].siret) == ("99300002500011", "99300003300015")
    assert "second_siret" in found["3"].issues
    assert found["1"].capacities[0].model_dump(include={"value", "unit"}) == {"value": 42.5, "unit": "etp"}


def test_fields_of_competence_are_declared_trades_or_stay_words() -> None:
    issues: list[str] = []
    offers = offers_of("Espaces verts; Blanchisserie\nMétier inventé / ", issues)
    assert [(offer.trade, offer.title) for offer in offers] == [
        ("entretien-espaces-verts", "Espaces verts"),
        ("blanchisserie", "Blanchisserie"),
        (None, "Métier inventé"),
    ]
    assert {offer.evidence for offer in offers} == {"declared"}
    assert issues == ["trade_unrecognised"]


@pytest.mark.parametrize(
    ("slug", "family"),
    [
        ("diagnostics-solutions-energetiques-159", "energie"),
        ("autre-10", "textile"),
        ("autre-46", "securite-mediation"),
        ("autre", None),
        ("secteur-de-demain", None),
    ],
)
def test_a_sector_of_many_trades_is_its_family_and_not_nothing(slug: str, family: str | None) -> None:
    assert family_of_sector(slug) == family


def test_a_sector_with_or_without_its_number_is_the_same_and_a_catch_all_is_none() -> None:
    assert (
        trades_of_sector("nettoyage-de-locaux-16") == trades_of_sector("nettoyage-de-locaux") == ("nettoyage-locaux",)
    )
    assert trades_of_sector("autre-57") == trades_of_sector("secteur-de-demain") == ()


def test_words_that_name_two_trades_tell_none() -> None:
    assert trade_of_words("Espaces Verts") == "entretien-espaces-verts"
    assert trade_of_words("Restauration") is None


def test_types_of_service_go_with_every_offer_and_an_unknown_one_is_said(settings: Settings) -> None:
    found = imported(settings, "marche")["1"]
    assert {offer.service_types for offer in found.offers} == {("service", "staffing")}
    assert "service_unrecognised" in found.issues
    assert (found.networks, found.references[0].client, found.provenance.basis) == (
        ("Réseau d'essai",),
        "Ville d'essai",
        "declared",
    )


def test_a_supplier_not_said_active_is_left_out() -> None:
    intake = Intake(card=sources()["marche"].card, now=NOW)
    outcome = convert(Row({"id": 1, "kind": "EI", "name": "Essai", "siret": "", "is_active": None}, "ici"), intake)
    assert getattr(outcome, "reason", None) == "inactive"


@pytest.mark.parametrize(
    ("written", "lost_zeros", "expected"),
    [
        ("993 000 017", 0, "993000017"),
        ("9931015", 3, "009931015"),
        ("9931015", 0, "siren_invalid"),
        ("993000018", 3, "siren_invalid"),
        ("9,93E+08", 3, "siren_invalid"),
        ("", 3, "siren_missing"),
        (993000017, 0, "993000017"),
    ],
)
def test_a_siren_is_checked_and_zeros_are_put_back_only_where_they_are_lost(
    written: object, lost_zeros: int, expected: str
) -> None:
    found = siren_of(written, "SIREN", lost_zeros=lost_zeros)
    assert (found if isinstance(found, str) else found.reason) == expected


def test_an_approval_ends_by_the_term_the_file_writes_and_by_nothing_else(settings: Settings) -> None:
    ends = {key: record.labels[0].valid_until for key, record in imported(settings, "esus").items()}
    assert ends["993000017-20230512"] == date(2028, 5, 11)
    assert ends["993000025-20250120"] == date(2027, 1, 19)
    assert ends["009931031-20220301"] is None
    assert years_later(date(2024, 2, 29), 5) == date(2029, 2, 28)


@pytest.mark.slow
def test_the_column_of_a_siren_is_known_by_its_cells(settings: Settings) -> None:
    assert {"993000041", "993000058"} <= imported(settings, "esus").keys()


@pytest.mark.parametrize("source_id", ["bilan_ges", "ess_france", "ess_numerique", "esus", "rfar", "societe_mission"])
def test_what_is_said_of_a_siren_says_it_is_of_the_legal_unit(settings: Settings, source_id: str) -> None:
    for record in imported(settings, source_id).values():
        scopes = {label.scope for label in record.labels} | {agreement.scope for agreement in record.agreements}
        assert scopes == {"legal_unit"}


def test_the_siret_of_the_head_office_is_read_where_a_list_gives_it_and_no_other(settings: Settings) -> None:
    assert imported(settings, "ess_numerique")["993000017"].siret == "99300001700018"
    issues: list[str] = []
    assert (seat_of("99300001700018", "993000025", issues), issues) == (None, ["siret_elsewhere"])
    assert seat_of("", "993000017", issues) is None and issues == ["siret_elsewhere"]


def test_the_perimeter_of_an_rfar_label_is_shown(settings: Settings) -> None:
    domains = {record.labels[0].domain for record in imported(settings, "rfar").values()}
    assert {"Site de Rennes seulement", "Groupe d'essai, France entière", None} <= domains


@pytest.mark.slow
def test_a_mark_given_for_a_year_ends_with_it(settings: Settings) -> None:
    found = {record.name: record for record in imported(settings, "imprim_vert").values()}
    assert found["IMPRIMERIE D'ESSAI"].labels[0].valid_until == date(2026, 12, 31)
    assert found["IMPRIMERIE D'ESSAI"].offers[0].trade == "impression"


@pytest.mark.slow
def test_a_certificate_that_has_ended_or_not_begun_is_kept_and_proves_its_trade_for_its_dates(
    settings: Settings,
) -> None:
    found = {record.name: record for record in imported(settings, "imprim_vert").values()}
    assert found["IMPRIMERIE D'HIER"].labels[0].valid_until == date(2024, 12, 31)
    assert [offer.valid_until for offer in found["IMPRIMERIE D'HIER"].offers] == [date(2024, 12, 31)]
    coming = {record.name: record for record in imported(settings, "nf_environnement").values()}["ENVELOPPES D'ESSAI"]
    assert [offer.valid_from for offer in coming.offers] == [coming.labels[0].valid_from] == [date(2027, 1, 1)]


def test_a_label_of_a_site_known_by_its_siren_alone_is_of_the_legal_unit_and_says_so(settings: Settings) -> None:
    found = {record.name: record for record in imported(settings, "imprim_vert").values()}["IMPRIMERIE AU SEUL SIREN"]
    assert (found.labels[0].scope, "site_unknown" in found.issues) == ("legal_unit", True)


@pytest.mark.slow
def test_a_licence_proves_the_trade_of_its_product_group(settings: Settings) -> None:
    found = {record.name: record for record in imported(settings, "eu_ecolabel").values()}
    cleaning = found["NETTOYAGE D'ESSAI"]
    assert (cleaning.offers[0].trade, cleaning.offers[0].evidence) == ("nettoyage-locaux", "certified")
    assert (cleaning.labels[0].scope, cleaning.labels[0].number) == ("product", "FR/052/001")
    assert found["GROUPE INCONNU D'ESSAI"].offers[0].trade is None


@pytest.mark.parametrize("source_id", ["eu_ecolabel", "holders", "imprim_vert", "nf_environnement"])
def test_the_card_of_a_label_without_an_open_file_says_so(source_id: str) -> None:
    source = sources()[source_id]
    assert source.plan is None
    assert "Aucun fichier ouvert" in source.card.limits
    assert "n'est pas raccordée" in source.card.limits
