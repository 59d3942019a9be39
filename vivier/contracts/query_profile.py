"""The profile of a query: that of the supplier it names, or the one it describes by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

from vivier.contracts.leads_query import ProfileQuery
from vivier.contracts.profile import Profile, Zone, given_profile, profile_of_record, with_narrower
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.french import plural
from vivier.identity import digits, is_siren, is_siret
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.names import readable_name
from vivier.search.operators import Operator, Search, Terms, conjunction
from vivier.search.plan import filter_conditions, read_territories
from vivier.search.snapshot import Snapshot
from vivier.search.suggest import detail_of, name_of, named

MOST_NAMESAKES: Final = 10
"""Suppliers of one name that an error tells apart."""
_NAME_AND_KEY: Final = re.compile(r".+ \((?P<key>[^()]+)\)")
"""A name followed by its id or number, as :func:`reference_of` writes it."""


def profile_of(query: ProfileQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Profile:
    """The profile of a query. What is given by hand replaces what the index holds for the supplier.

    Raises ``NotFound`` for a supplier that is not in the index, ``InvalidRequest`` for an invalid SIREN or SIRET, a name that
    several suppliers have, and a territory that cannot be read.
    """
    return profile_with(query, own_profile(query, snapshot, lexicon, today)[0], lexicon)


def own_profile(
    query: ProfileQuery, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> tuple[Profile, SupplierView] | tuple[None, None]:
    """The profile and the record that the index holds of the supplier of a query; ``None`` when the query names none. Raises what :func:`profile_of`
    does."""
    if query.supplier is None:
        return None, None
    as_of = query.as_of or today
    record = _supplier(query.supplier, snapshot, lexicon)
    return profile_of_record(record, lexicon, as_of), record


def profile_with(query: ProfileQuery, own: Profile | None, lexicon: Lexicon) -> Profile:
    """The profile that a query gives by hand, over that of its supplier when there is one. Raises ``InvalidRequest``."""
    territories, _ = read_territories(query, lexicon)
    given = given_profile(
        query.trade, territories["territory"], query.kind, query.near, query.radius_km, query.turnover, query.label
    )
    if own is None:
        return answered(given, query, lexicon)
    made = replace(
        own,
        trades=given.trades or own.trades,
        zone=own.zone if given.zone == Zone() else given.zone,
        kinds=given.kinds or own.kinds,
        turnover=given.turnover or own.turnover,
        labels=tuple(dict.fromkeys((*own.labels, *given.labels))),
        ordinary=(own.ordinary or given.ordinary) and not (given.kinds or own.kinds),
        supposed=() if given.trades else own.supposed,
        possible=() if given.trades else own.possible,
    )
    return answered(made, query, lexicon)


def answered(profile: Profile, query: ProfileQuery, lexicon: Lexicon) -> Profile:
    """The profile with the trades that the structure says it does, and without those that it says it does not. Of a supplier that publishes none,
    what it says it does has the probability 1 among those supposed: it is searched as they are, works by small lots alone."""
    if not query.also_trade and not query.not_trade:
        return profile
    refused = with_narrower(query.not_trade, lexicon)
    trades, supposed = dict.fromkeys(profile.trades), dict(profile.supposed)
    if trades or profile.supplier is None:
        trades |= dict.fromkeys(query.also_trade)
    else:
        supposed = dict.fromkeys(query.also_trade, 1.0) | {
            code: probability for code, probability in supposed.items() if code not in query.also_trade
        }
    return replace(
        profile,
        trades=tuple(code for code in trades if code not in refused),
        supposed=tuple(each for each in supposed.items() if each[0] not in refused),
        possible=tuple(code for code in profile.possible if code not in refused),
        refused=refused,
    )


def own_filters(query: ProfileQuery, lexicon: Lexicon, as_of: date) -> Operator:
    """The condition of the declared filters of a query, its profile left out."""
    return conjunction(*filter_conditions(query, lexicon, as_of.isoformat(), ProfileQuery.model_fields)[0].values())


def _supplier(reference: str, snapshot: Snapshot, lexicon: Lexicon) -> SupplierView:
    """The supplier of an id, a number, or a name that only one has."""
    numbers = digits(reference)
    _check_number(reference, numbers)
    keyed = _NAME_AND_KEY.fullmatch(reference.strip())
    keys = (reference.strip(), *((numbers,) if len(numbers) in (9, 14) else ()), *((keyed["key"],) if keyed else ()))
    found = snapshot.suppliers.search(Search(where=Terms("identifiers", keys), limit=1)).hits
    return found[0].record if found else _named(reference, snapshot, lexicon)


def reference_of(profile: Profile, snapshot: Snapshot, lexicon: Lexicon) -> str:
    """What a person writes to ask for the supplier of a profile: its name when no other has it, else « name (id) », which is read too."""
    if profile.supplier is None or not profile.name:
        return profile.supplier or ""
    name = readable_name(profile.name)
    try:
        alone = _named(name, snapshot, lexicon)["id"] == profile.supplier
    except (InvalidRequest, NotFound):
        alone = False
    return name if alone else f"{name} ({profile.supplier})"


def _named(reference: str, snapshot: Snapshot, lexicon: Lexicon) -> SupplierView:
    """The only supplier whose name has all the words of ``reference``. Homonyms are told apart, never chosen."""
    words = lexicon.analysis.tokens("name", reference)
    found = named(words, MOST_NAMESAKES, snapshot, lexicon) if words else None
    if found is None or not found.total:
        raise NotFound(
            f"Aucun fournisseur « {reference[:80]} » dans l'index : vérifiez le nom, ou donnez plutôt vos métiers et votre lieu."
        )
    if found.total == 1:
        return found.hits[0].record
    same = [hit.record for hit in found.hits if lexicon.analysis.tokens("name", hit.record["name"]["value"]) == words]
    if len(same) == 1:
        return same[0]
    choices = tuple(
        (_number(hit.record), f"{readable_name(name_of(hit.record))}, {detail_of(hit.record)}") for hit in found.hits
    )
    first = ", dont voici les premières" if found.total > len(found.hits) else ""
    message = f"{plural(found.total, 'structure')} de ce nom{first} : choisissez la vôtre, ou donnez son numéro."
    raise InvalidRequest((FieldError("supplier", "ambiguous", message, choices=choices),))


def _number(record: SupplierView) -> str:
    """The number by which a supplier is asked for: its SIRET, else its id."""
    return str(record["siret"]["value"] if "siret" in record else record["id"])


def _check_number(reference: str, numbers: str) -> None:
    """Raises ``InvalidRequest`` when ``reference`` is written as a number and is neither a SIREN nor a SIRET: a mistyped digit
    must not read as « unknown supplier »."""
    if not re.fullmatch(r"[\d\s.\u00a0\u202f-]+", reference) or is_siren(numbers) or is_siret(numbers):
        return
    wrong = "sa clé de contrôle est fausse" if len(numbers) in (9, 14) else plural(len(numbers), "chiffre")
    message = f"« {reference[:80]} » n'est ni un SIREN (9 chiffres) ni un SIRET (14 chiffres) : {wrong}."
    raise InvalidRequest((FieldError("supplier", "invalid_identifier", message),))
