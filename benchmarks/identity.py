"""Precision and recall of the merge by name and place, identifiers hidden: ``python -m benchmarks.identity [dev]``.

Two measures on the real lists of the shared data (a folder named by ``VIVIER_SHARED_DATA``, never copied here):

- **pairs**: the pairs of ``tests/identity/pairs.csv``, read and labelled by us, keys only, half kept back (``held``).
  The left list loses its identifiers and is merged into the right one, which keeps them; a pair counts as merged when
  its two rows are one supplier. In a pair of one list, only the left rows lose theirs. Rivals are there, as in service.
- **pairs alone**: each pair scored by itself, identifiers hidden on both sides. No rival protects it: « L'Équipage »,
  two numbers with one name, kind and address, is then one structure for anybody.
- **whole lists**: the rows of one list lose their identifiers and are merged into the other list, which keeps them.
  The hidden SIRET says whether each merge is right. Rows of held pairs are counted apart.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.likeness import likeness, profile
from indexer.merge import ACCEPT, DOUBT, merge
from indexer.spelling import town_key
from vivier.model import Address, Agreement, Provenance, Record

ROOT = Path(__file__).resolve().parent.parent
PAIRS = ROOT / "tests" / "identity" / "pairs.csv"

HARD = ("trade_name", "same_siret_hard")
"""Positives picked because they are hard (a trade name, a removal, a misspelt street): measured apart."""

Row = Mapping[str, str]


@dataclass(frozen=True)
class LabelledPair:
    """Two rows by their keys, and whether they are one site; ``how`` says how we know."""

    left_source: str
    left_key: str
    right_source: str
    right_key: str
    same: bool
    half: str
    how: str


@dataclass(frozen=True)
class Score:
    """Counts of a measure. A doubtful pair counts as not merged; a share of nothing is shown as « - » in the report."""

    right: int
    wrong: int
    missed: int
    doubtful: int

    @property
    def precision(self) -> float:
        """Share of the merges that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the true pairs that are merged."""
        return self.right / max(1, self.right + self.missed)


def shared() -> Path:
    """The folder of the shared data; it may be absent."""
    return Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data"))


def labelled_pairs() -> list[LabelledPair]:
    """The labelled pairs of the repository."""
    with PAIRS.open(encoding="utf8", newline="") as file:
        return [_pair(row) for row in csv.DictReader(file)]


def _pair(row: Row) -> LabelledPair:
    ends = (row["left_source"], row["left_key"], row["right_source"], row["right_key"])
    return LabelledPair(*ends, same=row["same"] == "1", half=row["half"], how=row["how"])


def _rows(name: str, delimiter: str) -> Iterator[Row]:
    with (shared() / "suppliers" / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


@lru_cache(maxsize=1)
def _communes() -> dict[tuple[str, str], str]:
    """INSEE code by post code and town name."""
    with gzip.open(shared() / "geo" / "communes_2026.csv.gz", "rt", encoding="utf8", newline="") as file:
        return {
            (post_code, town_key(row["nom"])): row["code_insee"]
            for row in csv.DictReader(file)
            if row["type"] == "commune"
            for post_code in re.findall(r"\d{5}", row["codes_postaux"])
        }


def _address(line: str, post_code: str, town: str) -> Address:
    commune = _communes().get((post_code, town_key(town))) if town else None
    return Address(line=line or None, post_code=post_code or None, town=town or None, commune=commune)


def _record(source: str, key: str, name: str, address: Address, kind: str, **more: object) -> Record:
    provenance = Provenance(source_id=source, producer="", dataset=source, licence="")
    agreements = (Agreement(kind=kind),) if kind else ()
    given = {"source_id": key, "provenance": provenance, "name": name, "address": address, "agreements": agreements}
    return Record.model_validate({**given, **more})


def marche() -> Iterator[Record]:
    """The list of 2020, a row a (SIRET, kind)."""
    for row in _rows("siae_marche_2020.csv", ","):
        address = _address(row["address"], row["post_code"], row["city"])
        brand = row["brand"] or None
        yield _record("marche", row["siret"], row["name"], address, row["kind"], siret=row["siret"], brand=brand)


def brands() -> Iterator[Record]:
    """The same list known by its trade names alone: names spelled as the structures do themselves."""
    for record in marche():
        if record.brand:
            provenance = record.provenance.model_copy(update={"source_id": "brand"})
            yield record.model_copy(update={"name": record.brand, "brand": None, "provenance": provenance})


def asp() -> Iterator[Record]:
    """The list of July 2019: capitals, streets spelled as the post office does."""
    for row in _rows("siae_asp_2019_07.csv", ";"):
        line = f"{row['NUM_RUE']} {row['NOM_RUE']}".strip()
        address = _address(line, row["CODE_POST_COM"], row["LIB_COM"])
        yield _record(
            "asp", row["SIRET"], row["DENOMINATION_SOCIALE"], address, row["MESURE"], siret=row["SIRET"].strip()
        )


def geiq() -> Iterator[Record]:
    """The list of GEIQ of November 2019."""
    for row in _rows("geiq_2019_11.csv", ";"):
        line = f"{row['ADRESSE']} {row['COMPLEMENT ADRESSE']}".strip()
        address = _address(line, row["CODE POSTAL"], row["VILLE"])
        yield _record("geiq", row["SIRET"].strip(), row["GEIQ"], address, "GEIQ", siret=row["SIRET"].strip())


def esat() -> Iterator[Record]:
    """The official list of ESAT sites; leading zeros put back."""
    for row in _rows("esat_liste_officielle_brut.csv", ","):
        finess = row["ET-N°FINESS"].zfill(9)
        address = Address(
            line=row["ET-Adresse"].strip() or None,
            post_code=row["ET-Code Postal"].zfill(5),
            town=row["ET-Commune Libellé"],
            commune=row["ET-Commune Code"].zfill(5),
        )
        siret = row["ET-SIRET"].zfill(14) if row["ET-SIRET"] else None
        yield _record("esat", finess, row["ET-Raison sociale"], address, "ESAT", siret=siret, finess=finess)


LISTS: Mapping[str, Callable[[], Iterator[Record]]] = {
    "asp": asp, "brand": brands, "esat": esat, "geiq": geiq, "marche": marche
}  # fmt: skip


def hidden(record: Record) -> Record:
    """The record without any identifier."""
    return record.model_copy(update={"siren": None, "siret": None, "finess": None})


def _by_key(name: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in LISTS[name]():
        found.setdefault(record.source_id, []).append(hidden(record))
    return found


def pair_scores() -> list[tuple[LabelledPair, float]]:
    """Every labelled pair with its score, identifiers hidden; raises ``KeyError`` when a list lost one of our rows."""
    pairs = labelled_pairs()
    rows = {name: _by_key(name) for name in LISTS}
    return [
        (
            pair,
            likeness(
                profile(rows[pair.left_source][pair.left_key]), profile(rows[pair.right_source][pair.right_key])
            ).score,
        )
        for pair in pairs
    ]


def measure(scored: Iterable[tuple[LabelledPair, float]]) -> Score:
    """Precision and recall of ``ACCEPT`` on scored pairs."""
    count: Counter[str] = Counter()
    for pair, score in scored:
        if score >= ACCEPT:
            count["right" if pair.same else "wrong"] += 1
        else:
            count["missed"] += pair.same
            count["doubtful"] += score >= DOUBT
    return Score(count["right"], count["wrong"], count["missed"], count["doubtful"])


def in_the_merge() -> list[tuple[LabelledPair, float]]:
    """Every labelled pair with 1 when the merge of the two lists makes one supplier of it, ``DOUBT`` when it lists it."""
    found: list[tuple[LabelledPair, float]] = []
    pairs = labelled_pairs()
    for left, right in sorted({(pair.left_source, pair.right_source) for pair in pairs}):
        asked = [pair for pair in pairs if (pair.left_source, pair.right_source) == (left, right)]
        merged = merge(_lists_of(left, right, {pair.left_key for pair in asked}))
        of = {key: supplier.id for supplier in merged.suppliers for key in supplier.identifiers}
        listed = {frozenset((pair.left, pair.right)) for pair in merged.doubtful}
        found += [
            (pair, _outcome(f"hidden:{pair.left_key}", f"{right}:{pair.right_key}", of, listed)) for pair in asked
        ]
    return found


def _lists_of(left: str, right: str, keys: set[str]) -> Iterator[Record]:
    """The records of two lists, those of ``left`` without identifiers; of one list, those of ``keys`` alone are hidden."""
    for record in LISTS[left]():
        if left != right or record.source_id in keys:
            provenance = record.provenance.model_copy(update={"source_id": "hidden"})
            yield hidden(record).model_copy(update={"provenance": provenance})
    yield from (record for record in LISTS[right]() if left != right or record.source_id not in keys)


def _outcome(left: str, right: str, of: Mapping[str, str], listed: set[frozenset[str]]) -> float:
    right = right if right in of else right.replace(right.partition(":")[0], "hidden", 1)
    if of[left] == of[right]:
        return 1.0
    return DOUBT if frozenset((left, right)) in listed else 0.0


def whole_lists(left: str, right: str, half: str | None = None) -> Score:
    """Merge a list without identifiers into one that keeps them; each row of ``left`` known to ``right`` is counted.

    ``half``: only rows of held pairs (``held``), or all the others (``dev``).
    """
    held = {key for pair in labelled_pairs() if pair.half == "held" for key in (pair.left_key, pair.right_key)}
    truth = {
        record.source_id: record.siret
        for record in LISTS[left]()
        if half is None or (half == "held") == (record.source_id in held)
    }
    known = {record.siret for record in LISTS[right]()}
    merged = merge([*(hidden(record) for record in LISTS[left]()), *LISTS[right]()])
    count: Counter[str] = Counter()
    for supplier in merged.suppliers:
        sirets = {value for value in supplier.identifiers if value in known}
        for key in (value.partition(":")[2] for value in supplier.identifiers if value.startswith(f"{left}:")):
            if key not in truth:
                continue
            count[
                "right" if truth[key] in sirets else "wrong" if sirets else "missed" if truth[key] in known else ""
            ] += 1
    return Score(count["right"], count["wrong"], count["missed"], len(merged.doubtful))


def _line(title: str, score: Score) -> str:
    precision = f"{score.precision:.4f}" if score.right + score.wrong else "     -"
    recall = f"{score.recall:.4f}" if score.right + score.missed else "     -"
    figures = f"precision {precision}  recall {recall}"
    detail = f"right {score.right}, wrong {score.wrong}, missed {score.missed}, doubtful {score.doubtful}"
    return f"{title:36} {figures}  ({detail})"


def report(halves: Sequence[str]) -> Iterator[str]:
    """The lines of the report."""
    yield f"accept {ACCEPT}, doubt {DOUBT}; {len(labelled_pairs())} labelled pairs"
    for title, scored in (("pairs", in_the_merge()), ("pairs alone", pair_scores())):
        for half in halves:
            of_half = [(pair, score) for pair, score in scored if pair.half == half]
            yield _line(f"{title}, {half}", measure(s for s in of_half if s[0].how not in HARD))
            yield _line(f"{title}, {half}, hard ones too", measure(of_half))
            for how in sorted({pair.how for pair, _ in of_half}):
                yield _line(f"  {how}", measure(s for s in of_half if s[0].how == how))
    for half in halves:
        for left, right in (("asp", "marche"), ("marche", "asp"), ("geiq", "marche"), ("brand", "asp")):
            yield _line(f"whole lists, {half}, {left} -> {right}", whole_lists(left, right, half))


if __name__ == "__main__":
    print("\n".join(report(sys.argv[1:] or ("dev", "held"))))
