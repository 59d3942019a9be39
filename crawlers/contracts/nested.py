"""Says where each field of a contract is in a JSON or XML record of the 2019 and 2022 formats and of their hybrids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawlers.contracts import keys
from crawlers.contracts.organisations import Party
from crawlers.contracts.raw import RawContract, RawModification, RawSubcontract
from crawlers.contracts.values import plain
from vivier.identity import fold

_NESTED = (list, dict)
_NOT_PLAIN = (list, dict, bool)
_TEXT = {str}
_OF_2022 = (
    "considerationsSociales",
    "considerationsEnvironnementales",
    "ccag",
    "typeGroupementOperateurs",
    "techniques",
    "modalitesExecution",
    "offresRecues",
)
_SCALARS = keys.words_of(
    """
    id objet codeCPV nature procedure ccag typeGroupementOperateurs idAccordCadre valeurGlobale montant dureeMois dateSignature
    dateNotification dateDebutExecution datePublicationDonnees offresRecues sousTraitanceDeclaree marcheInnovant
    """
)
_DEEPEST = 8


def scalar(value: Any) -> Any:
    """A single value, taken out of the list or object some producers wrap it in; ``None`` when it holds several."""
    for _ in range(_DEEPEST):
        if value.__class__ is bool:
            return (
                "true" if value else "false"
            )  # True is equal to 1: what remembers values would take one for the other
        if value.__class__ not in _NESTED:
            return value
        if len(value) != 1:
            return None
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
    return None


def entries(value: Any, wrapper: str, depth: int = _DEEPEST) -> Iterator[Any]:
    """The objects and texts of a field that is a list, one object, a wrapped object (``{"titulaire": …}``), or lists in
    lists."""
    if value is None or value == "" or depth == 0:
        return
    if isinstance(value, list):
        for part in value:
            yield from entries(part, wrapper, depth - 1)
    elif isinstance(value, dict):
        inner = _unwrapped(value, wrapper)
        if inner is value:
            yield value
        else:
            yield from entries(inner, wrapper, depth - 1)
    else:
        yield value


def _unwrapped(value: dict[str, object], wrapper: str) -> Any:
    if wrapper in value:
        return value[wrapper]
    if len(value) != 1:
        return value
    (name, inner), *_ = value.items()
    return inner if keys.stem(name) == keys.stem(wrapper) else value


def texts(value: Any, depth: int = _DEEPEST) -> tuple[str, ...]:
    """The texts of a closed list, however it is nested."""
    if value.__class__ is dict and len(value) == 1:
        (value,) = value.values()
    if value.__class__ is list:
        if set(map(type, value)) <= _TEXT:
            return tuple(value)
        return tuple(text for part in value for text in texts(part, depth - 1)) if depth else ()
    if isinstance(value, dict):
        return tuple(text for part in value.values() for text in texts(part, depth - 1)) if depth else ()
    return (value,) if isinstance(value, str) and value else ()


def parties(value: Any, wrapper: str) -> list[Party]:
    """Holders, as type, identifier and name. A bare text is an identifier, unless it is the name of a field."""
    if value.__class__ is list and len(value) == 1 and value[0].__class__ is dict and len(value[0]) == 1:
        inner = value[0].get(wrapper)
        if inner.__class__ is dict and inner:
            return [party(inner)] if _unwrapped(inner, wrapper) is inner else parties(inner, wrapper)
    found: list[Party] = []
    for entry in entries(value, wrapper):
        if isinstance(entry, dict):
            found.append(party(entry))
        elif isinstance(entry, str | int) and entry not in keys.PARTY:
            found.append((None, entry, None))
    return found


def party(raw: dict[str, object]) -> Party:
    """Type, identifier and name of an organisation."""
    raw = keys.tidy(raw, keys.PARTY)
    name = raw.get("denominationSociale")
    return (
        scalar(raw.get("typeIdentifiant")),
        scalar(raw.get("id")),
        scalar(raw.get("nom") if name is None else name),
    )


def one_party(value: Any) -> Party:
    """The buyer, given as an object or as its identifier alone."""
    value = value[0] if isinstance(value, list) and value else value
    return party(value) if isinstance(value, dict) else (None, scalar(value), None)


def _modifications(value: Any) -> Iterator[RawModification]:
    for raw in entries(value, "modification"):
        if not isinstance(raw, dict):
            continue
        raw = keys.tidy(raw, keys.MODIFICATION)
        yield RawModification(
            number=scalar(raw.get("id")),
            notified=scalar(raw.get("dateNotificationModification") or raw.get("dateSignatureModification")),
            published=scalar(raw.get("datePublicationDonneesModification")),
            amount=scalar(raw.get("montant") if raw.get("montant") is not None else raw.get("valeurGlobale")),
            months=scalar(raw.get("dureeMois")),
            holders=parties(raw.get("titulaires") or raw.get("concessionnaires"), "titulaire"),
        )


def _subcontracts(value: Any, amendments: Any) -> Iterator[RawSubcontract]:
    """The acts, each with the values of its latest amendment. An amendment whose number no act has changes nothing."""
    changes = list(_act_changes(amendments)) if amendments else []
    for raw in entries(value, "acteSousTraitance"):
        if not isinstance(raw, dict):
            continue
        raw = keys.tidy(raw, keys.ACT)
        amount, months = raw.get("montant"), raw.get("dureeMois")
        for change in changes:
            if scalar(change.get("id")) == scalar(raw.get("id")):
                amount = amount if change.get("montant") is None else change["montant"]
                months = months if change.get("dureeMois") is None else change["dureeMois"]
        yield RawSubcontract(
            party=one_party(raw.get("sousTraitant")),
            amount=scalar(amount),
            months=scalar(months),
            notified=scalar(raw.get("dateNotification")),
        )


def _act_changes(value: Any) -> list[dict[str, object]]:
    """The amendments of acts, the earliest first."""
    found = [raw for raw in entries(value, "modificationActeSousTraitance") if isinstance(raw, dict)]
    tidied = [keys.tidy(raw, keys.ACT_MODIFICATION) for raw in found]
    return sorted(tidied, key=lambda raw: str(scalar(raw.get("dateNotificationModificationSousTraitance")) or ""))


def is_concession(raw: dict[str, object], container: str | None) -> bool:
    """Whether the record is a concession. The fields of the record decide first, then the name of its list, then its
    ``_type``."""
    buyers = raw.get("acheteur"), raw.get("autoriteConcedante")
    if bool(buyers[0]) != bool(buyers[1]):
        return bool(buyers[1])
    if container is not None:
        return container == "concession"
    return "CONCESSION" in fold(plain(scalar(raw.get("_type"))) or "") or bool(raw.get("concessionnaires"))


def form_of(raw: dict[str, object]) -> str:
    """The format of a record: the 2019 format has none of the fields that came in 2022."""
    return "decp_2022" if any(name in raw for name in _OF_2022) else "decp_2019"


def raw_contract(raw: dict[str, object], source_id: str, container: str | None) -> RawContract:
    """The raw fields of a tidied record."""
    get = raw.get
    scalars = {name: value for name, value in raw.items() if value.__class__ not in _NOT_PLAIN}
    for name in _SCALARS & raw.keys() - scalars.keys():
        scalars[name] = scalar(raw[name])
    only = scalars.get
    concession = is_concession(raw, container)
    place, changes, acts = get("lieuExecution"), get("modifications"), get("actesSousTraitance")
    return RawContract(
        source_id=source_id,
        form=form_of(raw),
        kind="concession" if concession else "marche",
        number=only("id"),
        buyer=one_party(get("autoriteConcedante") if concession else get("acheteur")),
        holders=parties(
            (get("concessionnaires") or get("titulaires")) if concession else get("titulaires"),
            "concessionnaire" if concession else "titulaire",
        ),
        object=only("objet"),
        cpv=only("codeCPV"),
        nature=only("nature"),
        procedure=only("procedure"),
        techniques=texts(get("techniques")),
        modalities=texts(get("modalitesExecution")),
        ccag=only("ccag"),
        grouping=only("typeGroupementOperateurs"),
        framework=only("idAccordCadre"),
        place=_place(place) if place else None,
        amount=only("valeurGlobale") if concession else only("montant"),
        months=only("dureeMois"),
        notified=(only("dateSignature") or only("dateNotification")) if concession else only("dateNotification"),
        started=only("dateDebutExecution") if concession else None,
        published=only("datePublicationDonnees"),
        offers=only("offresRecues"),
        subcontracted=only("sousTraitanceDeclaree"),
        innovative=only("marcheInnovant"),
        social=texts(get("considerationsSociales")),
        environmental=texts(get("considerationsEnvironnementales")),
        modifications=list(_modifications(changes)) if changes else (),
        subcontracts=list(_subcontracts(acts, get("modificationsActesSousTraitance"))) if acts else (),
    )


def _place(value: Any) -> tuple[Any, Any, Any]:
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return scalar(value), None, None
    value = keys.tidy(value, keys.PLACE)
    return scalar(value.get("code")), scalar(value.get("typeCode")), scalar(value.get("nom"))
