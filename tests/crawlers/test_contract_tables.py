"""Tables of contracts, made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crawlers.contract_files import BUYER, HOLDER, OTHER, Reader
from vivier.errors import ImportRefused

HEADER = "uid,id,acheteur_id,titulaire_id,titulaire_typeIdentifiant,objet,montant,dateNotification,considerationsSociales,modification_id,donneesActuelles"


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def row(holder: str = HOLDER, social: str = "Sans objet", version: int = 0, number: str = "A1") -> str:
    return f'u,{number},{BUYER},{holder},SIRET,Entretien,52000,2025-03-03,"{social}",{version},true'


def test_rows_of_one_version_are_one_contract(read: Reader) -> None:
    report, records = read(table(row(), row(OTHER), row(OTHER, version=1)), "t.csv", "decp_tabular")
    assert [(len(r.holders), r.version) for r in records] == [(2, 0), (1, 1)]
    assert (report.seen, report.issues["rows_gathered"]) == (2, 1)


def test_sans_objet_of_the_table_is_no_and_an_empty_cell_is_unknown(read: Reader) -> None:
    social = ("Sans objet", "", "Critère social, Clause sociale", "Marché réservé")
    _, records = read(table(*(row(social=s, number=f"N{n}") for n, s in enumerate(social))), "t.csv", "decp_tabular")
    assert [record.social.state for record in records] == ["no", "unknown", "yes", "yes"]
    assert records[2].social.values == ("criterion", "clause")


def test_a_row_cut_short_is_set_aside_and_the_file_goes_on(read: Reader) -> None:
    rows = [row(number=f"N{n}") for n in range(20)]
    report, records = read(table(*rows[:9], "u,N9b,2000", *rows[9:]), "t.csv", "decp_tabular")
    assert (len(records), report.set_aside) == (20, {"cells_count": 1})


def test_a_table_without_its_columns_is_refused_by_name(read: Reader) -> None:
    with pytest.raises(ImportRefused, match="Absentes : uid"):
        read(table(row()).replace("uid,", "cle,", 1), "t.csv", "decp_tabular")


def test_a_damaged_parquet_is_refused(read: Reader) -> None:
    with pytest.raises(ImportRefused, match="Parquet coupé ou abîmé"):
        read(b"PAR1" + b"\0" * 200, "t.parquet", "decp_tabular")


@pytest.mark.slow
def test_parquet_and_csv_of_one_table_give_the_same_records(read: Reader, tmp_path: Path) -> None:
    from tests.crawlers.contract_tables import write_csv, write_parquet

    def dumped(path: Path) -> list[dict[str, Any]]:
        _, records = read(path.read_bytes(), path.name, "decp_tabular")
        return [record.model_dump(exclude={"source_id", "provenance"}) for record in records]

    in_csv = dumped(write_csv(tmp_path / "made.csv", 300))
    assert in_csv == dumped(write_parquet(tmp_path / "made.parquet", 300))
    assert len(in_csv) > 300


def test_python_literals_are_lists_and_never_run(read: Reader) -> None:
    header = "id;acheteur.id;titulaire_id_1;titulaire_typeIdentifiant_1;titulaire_id_2;objet;considerationsSociales;considerationsEnvironnementales;montant"
    lines = [
        f"INX 12;{BUYER};{HOLDER};SIRET;CDL;Entretien;['Critère social', 'Clause sociale'];CDL;45155.0",
        f"13;{BUYER};{HOLDER};SIRET;{OTHER};Entretien;[__import__('os').getcwd()];['Pas de considération environnementale'];MQ",
    ]
    _, records = read("\ufeff" + "\n".join((header, *lines)), "e.csv", "decp_economie")
    assert (records[0].number, records[0].social.values, records[0].environmental.state) == (
        "12",
        ("criterion", "clause"),
        "unknown",
    )
    assert [len(record.holders) for record in records] == [1, 2]
    assert (records[1].social.state, records[1].amount, records[1].environmental.state) == ("unknown", None, "no")


def test_lists_of_parquet_are_lists(read: Reader, tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    raw = {
        "uid": "u",
        "id": "A1",
        "acheteur_id": BUYER,
        "titulaire_id": HOLDER,
        "montant": 5e4,
        "dateNotification": "2025-01-02",
    }
    social = ["Clause sociale", "Critère social"]
    path = tmp_path / "lists.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([raw | {"considerationsSociales": social}] * 2), path)
    _, [record] = read(path.read_bytes(), path.name, "decp_tabular")
    assert record.social.values == ("clause", "criterion")
