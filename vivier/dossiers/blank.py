"""Blanks the structures that opposed after a dossier was issued: the copy given from then on counts them and does not name them.

The issued file does not change. The copy is a sealed dossier of its own, with the number of blanked structures and the hash of
the issued one, so that both can be verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vivier.desk.dossier import digest
from vivier.desk.dossier import plain as as_json
from vivier.privacy.opposition import Opposition

WORD: Final = "structure retirée à sa demande"
_LEFT: Final = ("rank", "reason", "reason_fr")
"""Members that stay in the entry of a blanked structure."""


def opposed_in(dossier: Mapping[str, Any], opposition: Opposition) -> frozenset[str]:
    """The SIRETs of a dossier that are on the opposition list today."""
    if not opposition.hashes:
        return frozenset()
    return opposition.among(
        {
            siret
            for structure in _structures(dossier.get("lots"))
            for siret in _numbers(structure, "siret", "sirets", "sites")
        }
    )


def ids_of(dossier: Mapping[str, Any], sirets: frozenset[str]) -> frozenset[str]:
    """The ids of the structures that have one of these SIRETs."""
    return frozenset(
        structure["id"]
        for structure in _structures(dossier["lots"])
        if "id" in structure and sirets & {*_own(structure)}
    )


def blanked(dossier: Mapping[str, Any], opposition: Opposition) -> dict[str, object]:
    """The dossier without the structures that opposed, sealed again. It is unchanged when none opposed."""
    return without(dossier, opposed_in(dossier, opposition))


def without(dossier: Mapping[str, Any], sirets: frozenset[str]) -> dict[str, object]:
    """The dossier without the structures that have one of these SIRETs, sealed again. It is unchanged without SIRETs."""
    if not sirets:
        return dict(dossier)
    gone = [structure for structure in _structures(dossier["lots"]) if sirets & {*_own(structure)}]
    eraser = _Eraser(
        ids_of(dossier, sirets),
        sirets,
        frozenset(siret[:9] for siret in sirets),
        frozenset(structure["name"] for structure in gone),
    )
    made = {
        **dossier,
        "lots": [{**_complete(eraser.without(lot)), "understood": lot["understood"]} for lot in dossier["lots"]],
        "contact_log": eraser.without(dossier.get("contact_log", [])),
        **_question(dossier, eraser),
        "blanked": {"structures": len(sirets), "reason": WORD, "issued_sha256": dossier["sha256"]},
    }
    plain = as_json(made)
    return {**plain, "sha256": digest(plain)}


def _question(dossier: Mapping[str, Any], eraser: _Eraser) -> dict[str, object]:
    """The question without the answers of opposed structures; nothing when it has no answers."""
    question = dossier.get("question")
    if not isinstance(question, Mapping) or "answers" not in question:
        return {}
    return {"question": {**question, "answers": eraser.without(question["answers"])}}


def is_copy(dossier: Mapping[str, Any], issued: Mapping[str, Any], opposition: Opposition) -> bool:
    """Whether a file is an issued dossier, whole or without structures that opposed. A copy given before some structures opposed
    still names them. The hashes are computed again from the content, because those in the file prove nothing."""
    gone = opposed_in(issued, opposition) - opposed_in(dossier, opposition)
    return bool(digest(dossier) == dossier["sha256"] == without(issued, gone)["sha256"])


def _complete(lot: dict[str, Any]) -> dict[str, object]:
    """The lot without the groups that lost an opposed structure. ``withdrawn`` counts them."""
    found = lot.get("consortium")
    if not found:
        return lot
    groups = [group for group in found["groups"] if not any("opposed" in member for member in group["members"])]
    blocks = [
        block | {"nearest": None} if "opposed" in (block["nearest"] or ()) else block
        for block in found.get("blocks", ())
    ]
    gone = len(found["groups"]) - len(groups)
    with_blocks = {"blocks": blocks} if "blocks" in found else {}  # dossiers issued before 0.4.0
    return lot | {"consortium": found | {"groups": groups, "withdrawn": gone} | with_blocks}


def _structures(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every entry that names an organisation by its SIRET: structures to consult or excluded, holders of contracts."""
    if isinstance(node, Mapping):
        if "name" in node and "siret" in node:
            yield node
        for value in node.values():
            yield from _structures(value)
    elif isinstance(node, list):
        for value in node:
            yield from _structures(value)


def _own(site: Mapping[str, Any]) -> list[str]:
    """The SIRETs of one site: its own, and those of the records that were merged into it."""
    return _numbers(site, "siret", "sirets")


def _numbers(node: Mapping[str, Any], *names: str) -> list[str]:
    """The texts under some names, each a text or a list. Other values are ignored: a file to verify may have any."""
    values = (node.get(name) for name in names)
    every = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return [each for each in every if isinstance(each, str)]


@dataclass(frozen=True)
class _Eraser:
    """Removes structures from plain JSON: entries by id if they have one, else by SIRET or SIREN, and names inside sentences."""

    ids: frozenset[str]
    sirets: frozenset[str]
    sirens: frozenset[str]
    names: frozenset[str]

    def without(self, node: Any) -> Any:
        if isinstance(node, Mapping):
            if self._names_opposed(node):
                return {"opposed": True, "word": WORD} | {name: node[name] for name in _LEFT if name in node}
            return {name: self.without(value) for name, value in node.items()}
        if isinstance(node, list):
            return [self.without(value) for value in node]
        return self._text(node) if isinstance(node, str) else node

    def _names_opposed(self, node: Mapping[str, Any]) -> bool:
        """Whether an entry names an opposed structure. A structure of ours is compared by its id or its own SIRET, because another
        site of the same legal unit may not have opposed."""
        if "id" in node or "structure" in node:
            return node.get("id") in self.ids or node.get("structure") in self.ids or node.get("siret") in self.sirets
        return node.get("siret") in self.sirets or node.get("siren") in self.sirens

    def _text(self, text: str) -> str:
        if text in self.sirets:
            return WORD
        for name in self.names:
            text = text.replace(name, f"[{WORD}]")
        return text
