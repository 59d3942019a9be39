"""Prepares a dossier for paper: what several lots share is gathered, so that it is printed once.

It reads any format of dossier and adds nothing to it: structures are numbered, datasets get a letter, articles and formulas are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, Final

from vivier.dossiers.listing import structures
from vivier.french import day

PRINTED: Final = 20
"""Most structures printed for a lot, the first of its neutral order; the page on a screen, the workbook and the JSON have them all."""
COMMON: Final = (
    *("Publics éligibles", "Modalités", "Suivi", "Personnel repris", "Données personnelles", "Pénalités"),
    "Pondération et notation",
)
"""Titles of the paragraphs of a clause that do not depend on the lot."""
_IN: Final = {"social": "clause sociale", "environmental": "clauses environnementales"}
_OF: Final = {"trade": "métier", "turnover": "comptes"}


@dataclass
class Numbered:
    """A structure of the list, once for all lots. ``lots``: number of the lot and rank in its order; ``printed``: whether it is among the
    first of a lot; ``proofs``: what is proved and the letter of the dataset, each once."""

    number: int
    entry: Mapping[str, Any]
    lots: list[tuple[str, int]] = field(default_factory=list)
    proofs: dict[str, None] = field(default_factory=dict)

    @property
    def printed(self) -> bool:
        """Whether the paper names it."""
        return any(rank <= PRINTED for _, rank in self.lots)


@dataclass(frozen=True)
class Group:
    """The structures of a lot that are listed for one reason: their numbers in neutral order; those after the bound are ``beyond``."""

    reason: str
    numbers: tuple[int, ...]
    beyond: tuple[int, ...]


@dataclass(frozen=True)
class Paper:
    """What the printed dossier shows beside the lots themselves. ``letters``: letter of a dataset by id; ``articles``: bodies of those
    cited, by code; ``shared``: paragraphs of clauses that lots have in common, once, under ``clause_notice``; ``conclusions`` and ``groups``: by line."""

    structures: tuple[Numbered, ...]
    withdrawn: int
    letters: Mapping[str, str]
    articles: tuple[Mapping[str, Any], ...]
    shared: tuple[Mapping[str, str], ...]
    clause_notice: str
    conclusions: Mapping[int, Mapping[str, Any]]
    groups: Mapping[int, tuple[Group, ...]]

    @property
    def left_out(self) -> int:
        """Number of structures that paper leaves to the files."""
        return sum(not row.printed for row in self.structures)


def paper(dossier: Mapping[str, Any]) -> Paper:
    """What is printed once."""
    letters = _letters(dossier)
    numbered = _numbered(dossier, letters)
    lots = dossier["lots"]
    return Paper(
        tuple(numbered.values()),
        len({(lot["understood"]["line"], row["rank"]) for lot, row in structures(lots) if "opposed" in row}),
        letters,
        tuple(sorted(_wordings(lots), key=lambda article: article["code"])),
        tuple(_shared(lots)),
        next((lot["clauses"]["notice"] for lot in lots if "clauses" in lot), ""),
        {lot["understood"]["line"]: lot["conclusion"] for lot in lots},
        {lot["understood"]["line"]: tuple(_groups(lot, numbered)) for lot in lots if lot["studied"]},
    )


def _shared(lots: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, str]]:
    """The paragraphs of the clauses that are printed and that do not depend on the lot, each once."""
    found: dict[str, Mapping[str, str]] = {}
    for lot in lots:
        for clause in lot["clauses"]["proposed"] if "clauses" in lot else ():
            if clause["kind"] == "environmental" or (clause["use"], lot["advice"]["lever"]) == ("condition", "clause"):
                some = [row for row in clause["paragraphs"] if row["title"] in COMMON]
                found |= {row["text"]: {**row, "title": f"{row['title']} ({_IN[clause['kind']]})"} for row in some}
    yield from found.values()


def name_of(lot: Mapping[str, Any]) -> str:
    """The number of a lot, else its line."""
    return str(lot["understood"]["lot"] or lot["understood"]["line"])


def _letters(dossier: Mapping[str, Any]) -> dict[str, str]:
    """A letter for each dataset, in the order of the dossier; numbers after Z."""
    ids = dict.fromkeys(source["id"] for data in dossier["data"] for source in data["sources"])
    return {id_: ascii_uppercase[rank] if rank < 26 else f"A{rank}" for rank, id_ in enumerate(ids)}


def _numbered(dossier: Mapping[str, Any], letters: Mapping[str, str]) -> dict[str, Numbered]:
    """The structures of all lots by id, those that paper names numbered first. Those that opposed since have no number."""
    named = [(lot, entry) for lot, entry in structures(dossier["lots"]) if "opposed" not in entry]
    first = [entry["id"] for _, entry in named if entry["rank"] <= PRINTED]
    entries = {entry["id"]: entry for _, entry in named}
    ids = dict.fromkeys((*first, *entries))
    found = {id_: Numbered(number, entries[id_]) for number, id_ in enumerate(ids, 1)}
    for lot, entry in named:
        row = found[entry["id"]]
        row.lots.append((name_of(lot), entry["rank"]))
        row.proofs.update(dict.fromkeys(_proofs(entry, letters)))
    return found


def _proofs(entry: Mapping[str, Any], letters: Mapping[str, str]) -> Iterator[str]:
    """« EI jusqu'au 19/05/2029 (A) », the letter being that of the dataset; a kind that nothing proves is said so."""
    proofs = entry.get("proofs", ())
    for kind in entry["kinds"]:
        if all(proof["of"] != "kind" or proof["value"] != kind for proof in proofs):
            yield f"{kind} (sans preuve datée)"
    for proof in proofs:
        until = f" jusqu'au {day(proof['valid_until'])}" if proof.get("valid_until") else ""
        what = proof["value"] if proof["of"] == "kind" else _OF[proof["of"]]
        yield f"{what}{until} ({letters.get(proof.get('source_id') or '', proof.get('dataset'))})"


def _groups(lot: Mapping[str, Any], numbered: Mapping[str, Numbered]) -> Iterator[Group]:
    """The list of a lot, by the reason why a structure is on it, in neutral order."""
    named = [entry for entry in lot["contacts"]["structures"] if "opposed" not in entry]
    for reason in dict.fromkeys(entry["role_fr"] for entry in named):
        some = [(entry["rank"], numbered[entry["id"]].number) for entry in named if entry["role_fr"] == reason]
        yield Group(
            reason,
            tuple(number for rank, number in some if rank <= PRINTED),
            tuple(number for rank, number in some if rank > PRINTED),
        )


def _wordings(lots: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """The wordings of articles that lots cite, each once: lots of several days may cite several of one article."""
    return {(code, article["rule"]): article for code, article in _articles(lots)}.values()


def _articles(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every article that a lot cites with its text, wherever it stands."""
    if isinstance(node, Mapping):
        if "rule" in node:
            yield node["code"], node
        for value in node.values():
            yield from _articles(value)
    elif isinstance(node, list):
        for value in node:
            yield from _articles(value)
