"""The profile of a query: that of the supplier it names, or the one it describes by hand."""

from __future__ import annotations

import re
from datetime import date

from vivier.contracts.leads_query import ProfileQuery
from vivier.contracts.profile import Profile, Zone, given_profile, profile_of_record
from vivier.engine.snapshot import Snapshot
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.french import plural
from vivier.identity import digits, is_siren, is_siret
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import Operator, Search, Terms, conjunction
from vivier.search.plan import filter_conditions, read_territories


def profile_of(query: ProfileQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Profile:
    """The profile of a query. What is given by hand replaces what the index holds for the supplier.

    Raises ``NotFound`` for a supplier that is not in the index, ``InvalidRequest`` for an invalid SIREN or SIRET and for a
    territory that cannot be read.
    """
    territories, _ = read_territories(query, lexicon)
    given = given_profile(
        query.trade, territories["territory"], query.kind, query.near, query.radius_km, query.turnover
    )
    if query.supplier is None:
        return given
    own = profile_of_record(_supplier(query.supplier, snapshot), lexicon, query.as_of or today)
    return Profile(
        trades=given.trades or own.trades,
        zone=own.zone if given.zone == Zone() else given.zone,
        kinds=given.kinds or own.kinds,
        turnover=given.turnover or own.turnover,
        labelled=own.labelled,
        supplier=own.supplier,
        name=own.name,
        supposed=() if given.trades else own.supposed,
        people=own.people,
    )


def own_filters(query: ProfileQuery, lexicon: Lexicon, as_of: date) -> Operator:
    """The condition of the declared filters of a query, its profile left out."""
    return conjunction(*filter_conditions(query, lexicon, as_of.isoformat(), ProfileQuery.model_fields)[0].values())


def _supplier(reference: str, snapshot: Snapshot) -> SupplierView:
    numbers = digits(reference)
    _check_number(reference, numbers)
    keys = (reference.strip(), *((numbers,) if len(numbers) in (9, 14) else ()))
    found = snapshot.suppliers.search(Search(where=Terms("identifiers", keys), limit=1)).hits
    if not found:
        raise NotFound(
            f"Aucun fournisseur « {reference[:80]} » dans l'index : donnez plutôt vos métiers et votre lieu."
        )
    return found[0].record


def _check_number(reference: str, numbers: str) -> None:
    """Raises ``InvalidRequest`` when ``reference`` is written as a number and is neither a SIREN nor a SIRET: a mistyped digit
    must not read as « unknown supplier »."""
    if not re.fullmatch(r"[\d\s.\u00a0\u202f-]+", reference) or is_siren(numbers) or is_siret(numbers):
        return
    wrong = "sa clé de contrôle est fausse" if len(numbers) in (9, 14) else plural(len(numbers), "chiffre")
    message = f"« {reference[:80]} » n'est ni un SIREN (9 chiffres) ni un SIRET (14 chiffres) : {wrong}."
    raise InvalidRequest((FieldError("supplier", "invalid_identifier", message),))
