"""Structures that opposed after a dossier was issued: what is given of it from then on no longer names them, and counts them.

The file kept does not change. What is given is a dossier of its own, sealed, that says how many were blanked and the hash of
the one issued, so that both can be verified.
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
"""What is still said of a structure that is no longer named."""


def opposed_in(dossier: Mapping[str, Any], opposition: Opposition) -> frozenset[str]:
    """The SIRETs of a dossier that are opposed today."""
    if not opposition.hashes:
        return frozenset()
    return opposition.among(
        {siret for one in _structures(dossier.get("lots")) for siret in _numbers(one, "siret", "sirets", "sites")}
    )


def ids_of(dossier: Mapping[str, Any], sirets: frozenset[str]) -> frozenset[str]:
    """Our ids of the structures that hold some SIRETs."""
    return frozenset(one["id"] for one in _structures(dossier["lots"]) if "id" in one and sirets & {*_own(one)})


def blanked(dossier: Mapping[str, Any], opposition: Opposition) -> dict[str, Any]:
    """The dossier without the structures opposed, sealed anew; itself when none is."""
    return without(dossier, opposed_in(dossier, opposition))


def without(dossier: Mapping[str, Any], sirets: frozenset[str]) -> dict[str, Any]:
    """The dossier without the structures that hold some SIRETs, sealed anew; itself when there is none."""
    if not sirets:
        return dict(dossier)
    gone = [one for one in _structures(dossier["lots"]) if sirets & {*_own(one)}]
    eraser = _Eraser(
        ids_of(dossier, sirets),
        sirets,
        frozenset(siret[:9] for siret in sirets),
        frozenset(one["name"] for one in gone),
    )
    made = {
        **dossier,
        "lots": [{**_standing(eraser.without(lot)), "understood": lot["understood"]} for lot in dossier["lots"]],
        "contact_log": eraser.without(dossier.get("contact_log", [])),
        "blanked": {"structures": len(sirets), "reason": WORD, "issued_sha256": dossier["sha256"]},
    }
    plain = as_json(made)
    return {**plain, "sha256": digest(plain)}


def is_copy(dossier: Mapping[str, Any], issued: Mapping[str, Any], opposition: Opposition) -> bool:
    """Whether a file is an issued dossier, whole or without structures opposed today: a copy given before others opposed
    still names them. Only the content counts: what a file says of its own hashes proves nothing."""
    gone = opposed_in(issued, opposition) - opposed_in(dossier, opposition)
    return bool(digest(dossier) == dossier["sha256"] == without(issued, gone)["sha256"])


def _standing(lot: dict[str, Any]) -> dict[str, Any]:
    """The lot without the groups that an opposed structure leaves incomplete, which are counted."""
    found = lot.get("consortium")
    if not found:
        return lot
    groups = [one for one in found["groups"] if not any("opposed" in member for member in one["members"])]
    blocks = [one | {"nearest": None} if "opposed" in (one["nearest"] or ()) else one for one in found["blocks"]]
    gone = len(found["groups"]) - len(groups)
    return lot | {"consortium": found | {"groups": groups, "blocks": blocks, "withdrawn": gone}}


def _structures(node: Any) -> Iterator[Mapping[str, Any]]:
    """Everything that names an organisation by its SIRET: structures to consult or left out, holders of contracts."""
    if isinstance(node, Mapping):
        if "name" in node and "siret" in node:
            yield node
        for value in node.values():
            yield from _structures(value)
    elif isinstance(node, list):
        for value in node:
            yield from _structures(value)


def _own(one: Mapping[str, Any]) -> list[str]:
    """The SIRETs of one site: its own, and those of the records it was merged from."""
    return _numbers(one, "siret", "sirets")


def _numbers(one: Mapping[str, Any], *names: str) -> list[str]:
    """The texts under some names, each a text or a list: a file to verify may hold anything there."""
    values = (one.get(name) for name in names)
    every = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return [each for each in every if isinstance(each, str)]


@dataclass(frozen=True)
class _Eraser:
    """Takes structures out of plain JSON: by id where they have one, else by their numbers, and by name out of sentences."""

    ids: frozenset[str]
    sirets: frozenset[str]
    sirens: frozenset[str]
    names: frozenset[str]

    def without(self, node: Any) -> Any:
        if isinstance(node, Mapping):
            if self._names_one(node):
                return {"opposed": True, "word": WORD} | {name: node[name] for name in _LEFT if name in node}
            return {name: self.without(value) for name, value in node.items()}
        if isinstance(node, list):
            return [self.without(value) for value in node]
        return self._text(node) if isinstance(node, str) else node

    def _names_one(self, node: Mapping[str, Any]) -> bool:
        """Another site of the same legal unit has not opposed: a structure of ours goes by its id or its own SIRET."""
        if "id" in node or "structure" in node:
            return node.get("id") in self.ids or node.get("structure") in self.ids or node.get("siret") in self.sirets
        return node.get("siret") in self.sirets or node.get("siren") in self.sirens

    def _text(self, text: str) -> str:
        if text in self.sirets:
            return WORD
        for name in self.names:
            text = text.replace(name, f"[{WORD}]")
        return text
