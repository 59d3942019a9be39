"""The ASP flow « EA2 » of entreprises adaptées (delivered file, not open): EA, EATT and, apart, EA in prison (EAMP).

The supplier is the member establishment, not the one that signed the contract with the State. The same SIRET comes back: one
record for each SIRET and kind. The contract (COT, CPOM) has no date here, so the end of the agreement is unknown; the date of
the file is that of its first line. A file that has only its header and its end is an empty delivery, refused: it does not
mean that every entreprise adaptée is gone. A file without its last line was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from crawlers.kit import Aside, Draft, Intake, Outcome, Row, Skip, Source, WrongFile, scrub, settle
from crawlers.kit.files import check_encoding, check_file, open_text, refusing
from crawlers.kit.place import insee, post_code
from crawlers.kit.values import identifiers, public_text, text
from vivier.errors import ImportRefused
from vivier.model import Address, Agreement, Record
from vivier.runs import SourceCard

CARD = SourceCard(
    id="ea2",
    title="Entreprises adaptées (flux EA2 de l'ASP)",
    producer="Agence de services et de paiement (ASP)",
    dataset="Flux EA2",
    licence="fichier remis, non ouvert : à convenir avec l'ASP",
    covers="Toutes les entreprises adaptées, de travail temporaire ou en milieu pénitentiaire, avec leur adresse.",
    limits="Ni métiers, ni capacité, ni fin de contrat ; le fichier est remis par l'ASP, sans adresse publique.",
    cadence_days=7,
    exhaustive=True,
    kinds=("EA", "EATT", "EAMP"),
)
KINDS = {
    "Entreprise Adaptée": "EA",
    "Entreprise Adaptée Travail Temporaire": "EATT",
    "Entreprise Adaptée en Milieu Pénitentiaire": "EAMP",
}
_TYPE, _SIRET, _NAME = "Type d'entreprise adaptée", "Siret de l'établissement membre", "Dénomination / raison sociale"
_CONTRACT = "Numéro de COT/CPOM"
_STREET = ("Numéro de voie", "Extension de voie", "Code voie", "Libelle de la voie")
_ENTRY, _POST_CODE, _INSEE = "Numéro entrée ou batiment", "Code Postal", "Code INSEE commune"
_NEEDED = (_TYPE, _SIRET, _NAME, *_STREET, _POST_CODE, _INSEE)
_USED = (*_NEEDED, _CONTRACT, _ENTRY)
_UNUSED = (
    "Identifiant EA2 Signataire",
    "Siret Signataire",
    "Dénomination / raison sociale Signataire",
    "Courriel du contact étab signataire",
    "Identifiant EA2 Etablissement",
)
_FIRST = re.compile(r"L\|ASP\|EA\|[^|]*\|(\d{4})(\d{2})(\d{2})\|")
_LAST = re.compile(r"Z\|ASP\|EA\|[^|]*\|[^|]*\|(\d+)\|")


def _address(row: Row, issues: list[str]) -> Address:
    street = " ".join(part for name in _STREET if (part := public_text(row.take(name), issues)))
    entry = public_text(row.take(_ENTRY), issues)
    commune, arrondissement = insee(row.take(_INSEE), issues)
    return Address(
        # The entry often repeats the number of the street.
        line=", ".join(part for part in (None if entry == street.split(" ")[0] else entry, street) if part) or None,
        post_code=post_code(row.take(_POST_CODE), issues),
        commune=commune,
        arrondissement=arrondissement,
    )


def convert(row: Row, intake: Intake) -> Outcome:
    """One member establishment under one kind."""
    row.ignore(_UNUSED)
    written, label = row.take(_SIRET), text(row.take(_TYPE)) or ""
    kind = KINDS.get(label)
    issues: list[str] = []
    name = public_text(row.take(_NAME), issues)
    siret, siren = identifiers(written, issues)
    if kind is None:
        return Aside("kind_unknown", f"« {_TYPE} » vaut « {label} » ; attendu : {', '.join(KINDS)}")
    if siret is None:
        return Aside("siret_invalid", f"« {_SIRET} » vaut « {written} » : quatorze chiffres valides attendus")
    if name is None:
        return Aside("name_missing", f"« {_NAME} » est vide")
    return Record(
        source_id=f"{siret}-{kind}",
        provenance=intake.provenance(),
        name=name,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind, number=text(row.take(_CONTRACT))),),
        address=_address(row, issues),
        issues=tuple(dict.fromkeys(issues)),
    )


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every establishment of every file."""
    for path in files:
        check_file(path)
        with refusing(path), open_text(path, check_encoding(path, "cp1252")) as file:
            lines = enumerate((line.rstrip("\r\n") for line in file), start=1)
            intake.updated_at = _day(path, next(lines, (0, ""))[1])
            yield from _rows(path, _header(path, next(lines, (0, ""))[1]), lines, intake)


def _day(path: Path, first: str) -> date:
    found = _FIRST.match(first)
    if found is None:
        raise WrongFile(
            f"« {path.name} » ne commence pas par « L|ASP|EA|… » : donnez le fichier EA2_ITOU.txt, sorti de son archive."
        )
    try:
        return date(*map(int, found.groups()))
    except ValueError as error:
        raise ImportRefused(f"« {path.name} » : la date de la première ligne est impossible.") from error


def _header(path: Path, second: str) -> list[str]:
    names = [" ".join(name.split()) for name in second.split("|")[1:]]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise WrongFile(f"« {path.name} » n'a pas les colonnes attendues : {', '.join(missing)}.")
    return names[:-1] if names[-1] == "" else names


def _rows(path: Path, header: list[str], lines: Iterator[tuple[int, str]], intake: Intake) -> Iterator[Draft]:
    seen = 0
    for number, line in lines:
        where = f"{path.name}, ligne {number}"
        end = _LAST.match(line)
        if end is not None:
            return _check_end(path, seen, int(end[1]), intake)
        if not line.strip():
            yield Draft(where, Skip("blank_row"), dict)
            continue
        seen += 1
        yield _draft(where, line.split("|"), header, intake)
    raise ImportRefused(f"« {path.name} » : la dernière ligne (« Z|ASP|EA|… ») manque ; le fichier est coupé.")


def _check_end(path: Path, seen: int, told: int, intake: Intake) -> None:
    if seen == 0:
        raise ImportRefused(f"« {path.name} » : livraison vide (début et fin seulement) ; demandez-la de nouveau à l'ASP.")
    if seen != told:
        intake.issues["row_count_mismatch"] += 1


def _draft(where: str, cells: list[str], header: list[str], intake: Intake) -> Draft:
    values = cells[1:-1] if cells[-1] == "" else cells[1:]
    if cells[0] != "ITOU" or len(values) != len(header):
        detail = f"« ITOU » et {len(header)} valeurs attendus, « {cells[0][:10]} » et {len(values)} trouvés"
        return Draft(where, Aside("cells_count", detail), dict)
    row = Row(dict(zip(header, values, strict=True)), where)
    shown = {name: scrub(value)[0] for name, value in zip(header, values, strict=True) if name in _USED}
    return Draft(where, settle(row, intake, convert), lambda: shown)


def recognises(path: Path) -> bool:
    """Whether the file begins as the flow does."""
    try:
        check_file(path)
        with open_text(path, "utf-8-sig") as file:
            return _FIRST.match(file.readline()) is not None
    except (ImportRefused, UnicodeDecodeError):
        return False


SOURCE = Source(card=CARD, read=read, recognises=recognises)
