"""A ledger of purchases: read under any headings, unknown told apart, credit notes netted, alternatives from the same search."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_index import small_index
from tests.suppliers.conftest import House, served_demo
from vivier.desk.facts.standings import standings
from vivier.desk.method.ledger import AXES, STATES, UNKNOWN, Entry, Share, Standing, figures
from vivier.desk.read.ledger import MOST_LINES, MOST_ROWS, Ledger, read_ledger
from vivier.desk.read.sheet import sheets_of
from vivier.desk.tell.ledger import ledger_body, study_ledger
from vivier.errors import InvalidRequest
from vivier.exports.ledger_book import ledger_csv, ledger_workbook
from vivier.identity import is_siren, is_siret
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.search.snapshot import Snapshot

TODAY = date(2026, 11, 24)
ABROAD = "73282932000074"
"""A SIRET that no sample has."""


@pytest.fixture(scope="module")
def house(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served_demo(tmp_path_factory.mktemp("ledger"), lexicon) as house:
        yield house


def read(text: str, lexicon: Lexicon, **given_: str) -> Ledger:
    return read_ledger(sheets_of(text.encode(), MOST_ROWS), lexicon, given_)


def known(house: House, number: str) -> Standing:
    return standings([number], Snapshot(house.engine), house.lexicon, TODAY).get(number, UNKNOWN)


def supplier_with(house: House, **wanted: bool) -> Supplier:
    """A supplier of the demonstration with a SIRET of which each axis is known, or not."""
    return next(
        one
        for one in house.suppliers
        if one.siret is not None
        and all((known(house, one.siret.value).states[axis] == "yes") == yes for axis, yes in wanted.items())  # type: ignore[index]
    )


@pytest.mark.parametrize(
    ("label", "state"), [("EPV", "unknown"), ("BILAN_GES", "unknown"), ("FAIRTRADE", "unknown"), ("ISO14001", "yes")]
)
def test_a_label_that_certifies_nothing_for_the_environment_makes_no_labelled_purchase(
    label: str, state: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    source = {"source_id": "s", "producer": "P", "dataset": "D", "licence": "L"}
    fact = {"value": {"code": label, "scope": "site"}, "provenance": source}
    siret = {"value": ABROAD, "provenance": source}
    record = {"siret": siret, "labels": [fact], "name": {"value": "Atelier", "provenance": source}, "id": "a"}
    snapshot = small_index(tmp_path, suppliers=[{"id": "a", "identifiers": [ABROAD], "record": record}])
    found = standings([ABROAD], snapshot, lexicon, TODAY)[ABROAD]
    assert (found.states["labelled"], found.labels) == (state, (label,))


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("siret", "number", "unread"),
    [
        ("732 829 320 00074", "73282932000074", None),
        ("732829320", "732829320", None),
        ("FR44 732829320", "732829320", None),
        ("73282932000074.0", "73282932000074", None),
        ("55208131766523", "", "bad_siret"),
        ("7,32829E+13", "", "lost_digits"),
        ("BE0123456789", "", "foreign"),
        ("", "", "no_siret"),
        ("73282932000075", "", "bad_siret"),
    ],
)
def test_a_number_is_read_or_the_line_says_why_not(
    siret: str, number: str, unread: str | None, lexicon: Lexicon
) -> None:
    entry = read(f"SIRET;Montant HT\n{siret};10\n", lexicon).entries[0]
    assert (entry.number, entry.unread) == (number, unread)


@pytest.mark.slow
def test_the_zeros_that_a_spreadsheet_drops_come_back(lexicon: Lexicon) -> None:
    siren = next(number for n in range(5_000_000) if is_siren(number := f"{n:09d}") and n > 1_000_000)
    siret = next(number for n in range(100_000) if is_siret(number := f"{siren}{n:05d}"))
    for number in (siren, siret):
        assert read(f"SIRET;Montant\n{int(number)};10\n", lexicon).entries[0].number == number


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("-120,50", -120.5),
        ("(1 200)", -1200),
        ("1 200,00-", -1200),
        ("−3", -3),
        ("12 k€", 12_000),
        ("", None),
        ("NC", None),
    ],
)
def test_a_credit_note_is_negative_and_an_unknown_amount_is_not_zero(
    cell: str, amount: float | None, lexicon: Lexicon
) -> None:
    assert read(f"SIRET;Montant HT\n{ABROAD};{cell}\n", lexicon).entries[0].amount == amount


def test_an_amount_that_cannot_be_read_is_told_with_its_cell(lexicon: Lexicon) -> None:
    entry = read(f"SIRET;Montant HT\n{ABROAD};environ beaucoup\n", lexicon).entries[0]
    assert (entry.amount, entry.wrong_amount) == (None, "environ beaucoup")


def test_a_column_of_credits_is_taken_away(lexicon: Lexicon) -> None:
    assert [entry.amount for entry in read(f"SIRET;Débit;Crédit\n{ABROAD};100;\n{ABROAD};;30\n", lexicon).entries] == [
        100,
        -30,
    ]


def test_the_unit_of_the_heading_counts_and_is_told(lexicon: Lexicon) -> None:
    ledger = read(f"SIRET;Montant (k€)\n{ABROAD};12,5\n", lexicon)
    assert ledger.entries[0].amount == 12_500
    assert any("milliers d'euros" in remark for remark in ledger.remarks)


def test_amounts_with_tax_are_read_only_without_others_and_it_is_told(lexicon: Lexicon) -> None:
    both = read(f"SIRET;Montant TTC;Montant HT\n{ABROAD};12;10\n", lexicon)
    assert both.entries[0].amount == 10
    alone = read(f"SIRET;Montant TTC\n{ABROAD};12\n", lexicon)
    assert alone.entries[0].amount == 12 and any("toutes taxes" in remark for remark in alone.remarks)


def test_a_supplier_called_total_is_a_line_and_a_sum_is_not(lexicon: Lexicon) -> None:
    ledger = read(f"Fournisseur;SIRET;Montant\nTOTAL MARKETING FRANCE;{ABROAD};10\nTotal;;10\n", lexicon)
    assert len(ledger.entries) == 1 and any("somme" in remark for remark in ledger.remarks)
    under = read(f"SIRET;Fournisseur;Montant\n{ABROAD};TOTAL MARKETING FRANCE;10\nTotal général;;10\n", lexicon)
    assert len(under.entries) == 1 and any("somme" in remark for remark in under.remarks)


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (("123,456", "12,50"), [123.46, 12.5]),
        (("123.456", "1450.125"), [123.46, 1450.12]),
        (("1.234", "1.234,56"), [1234, 1234.56]),
        (("1,234", "12 345,5"), [1.23, 12345.5]),
        (("-1.234", "12.5 €"), [-1.23, 12.5]),
    ],
)
def test_a_mark_before_three_figures_is_read_as_the_rest_of_its_column(
    cells: tuple[str, ...], amounts: list[float], lexicon: Lexicon
) -> None:
    ledger = read("SIRET;Montant HT\n" + "".join(f"{ABROAD};{cell}\n" for cell in cells), lexicon)
    assert [entry.amount for entry in ledger.entries] == amounts
    assert not any("milliers" in remark for remark in ledger.remarks)


def test_a_mark_that_nothing_explains_is_before_thousands_and_it_is_told(lexicon: Lexicon) -> None:
    ledger = read(f"SIRET;Montant HT\n{ABROAD};1,234\n{ABROAD};500\n", lexicon)
    assert ledger.entries[0].amount == 1234 and any("« 1,234 »" in remark for remark in ledger.remarks)


def test_a_number_of_a_workbook_keeps_its_decimals(lexicon: Lexicon) -> None:
    book = openpyxl.Workbook()
    for row in (["SIRET", "Montant HT"], [float(ABROAD), 123.456], [ABROAD, -0.125]):
        book.worksheets[0].append(row)
    book.save(content := io.BytesIO())
    ledger = read_ledger(sheets_of(content.getvalue(), MOST_ROWS), lexicon)
    assert [entry.amount for entry in ledger.entries] == [123.46, -0.12]
    assert {entry.number for entry in ledger.entries} == {ABROAD}


@pytest.mark.parametrize("begins", [b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7\n"])
def test_an_old_workbook_or_a_pdf_is_refused_as_such(begins: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        sheets_of(begins + bytes(600))
    assert "enregistrez-le en CSV" in refused.value.errors[0].message


def test_names_are_not_read(lexicon: Lexicon) -> None:
    ledger = read(f"Fournisseur;SIRET;Montant\nJeanne Exemple;{ABROAD};10\n", lexicon)
    assert "Fournisseur" in ledger.table.ignored and "Jeanne" not in repr(ledger.entries)


def test_two_spellings_are_one_family(lexicon: Lexicon) -> None:
    ledger = read(f"SIRET;Montant;Famille\n{ABROAD};1;Nettoyage\n{ABROAD};1;NETTOYAGE\n", lexicon)
    assert {entry.family for entry in ledger.entries} == {"Nettoyage"}


def test_a_column_can_be_chosen(lexicon: Lexicon) -> None:
    ledger = read(f"Tiers 1;Volume\n{ABROAD};10\n", lexicon, **{"Tiers 1": "siret", "Volume": "amount"})
    assert (ledger.entries[0].number, ledger.entries[0].amount) == (ABROAD, 10)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Objet;Montant\na;1\n", "SIRET"),
        (f"SIRET;Objet\n{ABROAD};a\n", "montant"),
        ("SIRET;Montant\nTotal;0\n", "Aucune ligne"),
    ],
)
def test_a_file_without_supplier_or_amount_says_which(text: str, word: str, lexicon: Lexicon) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(text, lexicon)
    assert refused.value.errors[0].field == "file" and word in refused.value.errors[0].message


@pytest.mark.slow
def test_a_ledger_has_more_lines_than_a_programme_and_too_many_are_refused(lexicon: Lexicon) -> None:
    assert len(read("SIRET;Montant\n" + f"{ABROAD};1\n" * 5_000, lexicon).entries) == 5_000
    with pytest.raises(InvalidRequest):
        read("SIRET;Montant\n" + f"{ABROAD};1\n" * (MOST_LINES + 1), lexicon)


# -- figures -----------------------------------------------------------------------------------------------------------

_states = st.sampled_from(list(STATES))
_standings = st.dictionaries(
    st.sampled_from(["1", "2", "3"]),
    st.builds(lambda *s: Standing(dict(zip(AXES, s, strict=True))), _states, _states, _states),
)
_entries = st.lists(
    st.builds(
        Entry,
        line=st.integers(1, 99),
        number=st.sampled_from(["", "1", "2", "3", "4"]),
        amount=st.none() | st.integers(-500, 10_000).map(float),
        family=st.sampled_from(["", "a", "b"]),
    ),
    max_size=20,
)


@pytest.mark.slow
@given(_entries, _standings)
def test_families_territories_and_states_add_up_to_the_whole(entries: list[Entry], found: dict[str, Standing]) -> None:
    made = figures(entries, found)
    whole = sum(entry.amount or 0 for entry in entries)
    assert made.whole.total == whole
    assert sum(row.total for row in made.families) == sum(row.total for row in made.departements) == whole
    assert sum(row.lines for row in made.families) == made.whole.lines == len(entries)


@pytest.mark.slow
@given(_entries, _standings, st.integers(1, 1_000))
def test_an_unknown_line_lowers_what_is_known_and_never_what_may_be(
    entries: list[Entry], found: dict[str, Standing], more: int
) -> None:
    before = figures(entries, found).whole.shares["inclusive"]
    after = figures([*entries, Entry(1, "9", float(more))], found).whole.shares["inclusive"]
    if before.least is not None and after.least is not None and before.most is not None and after.most is not None:
        assert 0 <= after.least <= before.least <= before.most <= after.most + 1e-12 <= 1 + 1e-9


def test_credit_notes_above_invoices_give_no_share() -> None:
    share = Share({"yes": -5.0, "old_proof": 0, "other_site": 0, "not_valid": 0, "unknown": 20.0})
    assert (share.total, share.least, share.most) == (15.0, None, None)


# -- against the index -------------------------------------------------------------------------------------------------


def test_a_siret_out_of_the_index_is_unknown_and_never_no(house: House) -> None:
    assert known(house, ABROAD) == UNKNOWN
    assert "no" not in STATES


def test_an_inclusive_supplier_is_known_with_who_says_it(house: House) -> None:
    one = supplier_with(house, inclusive=True)
    assert one.siret is not None
    found = known(house, one.siret.value)
    assert found.match == "siret" and found.kinds and found.supplier == one.id and found.proofs[0][0]


def test_another_establishment_of_the_same_siren_is_to_check(house: House) -> None:
    one = supplier_with(house, inclusive=True)
    assert one.siret is not None
    siren = one.siret.value[:9]
    other = next(
        number
        for nic in range(1, 90_000)
        if (number := f"{siren}{nic:05d}") != one.siret.value
        and read(f"SIRET;Montant\n{number};1\n", house.lexicon).entries[0].number
    )
    assert known(house, other).states["inclusive"] == "other_site"
    assert known(house, siren).states["inclusive"] == "other_site"
    assert known(house, other).departement is None


def test_an_agreement_over_on_the_day_is_not_valid_and_not_unknown(house: House) -> None:
    over = next(
        one
        for one in house.suppliers
        if one.siret
        and one.agreements
        and all(a.value.valid_until and a.value.valid_until < TODAY for a in one.agreements)
    )
    assert over.siret is not None
    assert known(house, over.siret.value).states["inclusive"] in ("not_valid", "other_site")


@pytest.mark.slow
def test_alternatives_come_from_the_search_and_say_who_is_already_paid(house: House) -> None:
    text = "SIRET;Montant;Famille\n" + f"{ABROAD};5000;Entretien des espaces verts\n{ABROAD};10;zzyzx\n"
    ledger = read(text, house.lexicon)
    body = ledger_body(
        study_ledger(ledger, ("departement:35",), Snapshot(house.engine), house.lexicon, TODAY), house.lexicon
    )
    first, second = body["alternatives"]
    assert first["trades"] and first["structures"] and first["url"].startswith("/fournisseurs?")
    assert not second["structures"] and "Aucun métier" in second["said"]
    paid = house.suppliers[[one.id for one in house.suppliers].index(first["structures"][0]["id"])]
    assert paid.siret is not None
    again = read(f"{text}{paid.siret.value};1;Autre\n", house.lexicon)
    body = ledger_body(
        study_ledger(again, ("departement:35",), Snapshot(house.engine), house.lexicon, TODAY), house.lexicon
    )
    assert body["alternatives"][0]["structures"][0]["already"] is True


def test_the_files_hold_every_line_and_no_formula(house: House) -> None:
    ledger = read(f"SIRET;Montant;Famille\n{ABROAD};10;=cmd()\n;NC;b\n", house.lexicon)
    body = ledger_body(study_ledger(ledger, (), Snapshot(house.engine), house.lexicon, TODAY), house.lexicon)
    assert len(ledger_csv(body).decode().splitlines()) == 3
    book = openpyxl.load_workbook(io.BytesIO(ledger_workbook(body)))
    assert book.sheetnames == [
        "Lisez-moi",
        "Familles",
        "Territoires",
        "Types, labels, zones",
        "Autres structures",
        "Lignes",
    ]
    assert book["Lignes"]["D3"].value is None and book["Lignes"].max_row == 3
    assert str(book["Lignes"]["E2"].value).startswith("'=")
