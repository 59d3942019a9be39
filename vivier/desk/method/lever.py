"""Chooses the lever of a lot: reserve, clause, criterion or none, and gives the reason.

It depends on the supply, on the yearly amount through capacity alone, and on the labour share: so it never falls when a
structure or a turnover is added, and never rises with the amount. Whether the hours suffice is reported apart, because hours
rise with the amount. A structure whose trade or zone is not published does not count as able: it is to be asked, and gives no
ground to reserve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from vivier.desk.facts.presence import Presence, here
from vivier.desk.method.clause import Carriers
from vivier.desk.method.verdict import Lot
from vivier.french import percent
from vivier.law.parameters import value

Lever = Literal["reserve", "clause", "criterion", "none"]
LEVERS: Final[dict[Lever, str]] = {
    "reserve": "réserver",
    "clause": "clause d'insertion",
    "criterion": "critère social",
    "none": "pas de levier social étayé par l'offre connue",
}
"""From the strongest to the weakest."""
LEAST_CARRIERS: Final = 2
"""Fewest structures for a clause. With a single one to carry the hours, a criterion leaves each bidder the choice of its means."""


def labour_intensive(lot: Lot) -> bool | None:
    """Whether labour weighs enough in the price for insertion hours to make sense; ``None`` when its share is unknown. Supplies of
    unknown share are not labour-intensive: their work is done at the manufacturer's."""
    if lot.labour_share is not None:
        return lot.labour_share >= value("labour_intensive")
    return False if lot.category == "fournitures" else None


def lever_of(
    recommended: str | None, group: bool, known: int, hours: Carriers, lot: Lot, present: Presence | None = None
) -> tuple[Lever, str]:
    """The lever and its reason in French. ``recommended``: the article that can be used, if any; ``group``: only a group could
    answer; ``known``: number of structures of the trade under the widest article; ``hours``: structures that carry hours;
    ``present``: inclusive sites of the place whatever their trade, ``None`` when they were not counted."""
    if recommended is not None:
        together = " à un groupement : chaque métier a assez de structures, pas chacune d'elles" if group else ""
        return "reserve", f"L'offre permet de réserver{together} sur le fondement de l'article {recommended}."
    if hours.possible == 0:
        return "none", _nobody(present)
    against = _against(known, len(hours.to_ask))
    if hours.sure == 0 and present is not None:
        against = f"{against} ; {here(present)}"
    if hours.possible < LEAST_CARRIERS:
        text = (
            "une seule structure peut porter des heures : un critère laisse à chaque candidat le choix de ses moyens."
        )
        return "criterion", f"{against} ; {text}"
    if labour_intensive(lot) is False:
        return (
            "criterion",
            f"{against} ; {_light(lot)} : un critère social, s'il est lié à l'objet, plutôt que des heures.",
        )
    return "clause", f"{against} ; {' ; '.join(_able(hours)) or carrying(hours)}."


def _nobody(present: Presence | None) -> str:
    """The reason why no structure may carry hours: none is in the place, or their published zone, trade or kind excludes them."""
    if present is None:
        return "Aucune structure n'est connue pour porter des heures sur ce territoire : élargir, ou consulter un facilitateur."
    if not present.reaching:
        return "Aucune structure connue sur ce territoire : élargir, ou consulter un facilitateur."
    return (
        f"{here(present).capitalize()}, mais leur zone publiée est trop petite, leur métier est autre, ou leur type ne porte pas "
        "d'heures ou n'est plus agréé : les interroger, élargir, ou consulter un facilitateur."
    )


def _against(known: int, silent: int) -> str:
    if known:
        return f"Réserver expose à trop peu d'offres ({structures(known)} de métier connu)"
    if silent:
        return "Réserver ne peut pas être conclu : aucune structure de ce métier n'est connue pour couvrir la moitié du territoire"
    return "Aucune structure de ce métier n'est connue pour couvrir la moitié du territoire"


def _light(lot: Lot) -> str:
    if lot.labour_share is None:
        return "des fournitures dont la part de main-d'œuvre n'est pas connue"
    return f"la main-d'œuvre ne pèse que {percent(lot.labour_share)} du prix"


def carrying(hours: Carriers) -> str:
    """French sentence on the structures that can carry hours: those that lend people, those of the trade, those to ask."""
    parts = [*_able(hours)]
    if hours.to_ask:
        single, several = (
            "est à interroger, sans être comptée capable",
            "sont à interroger, sans être comptées capables",
        )
        n, why = len(hours.to_ask), "de métier inconnu"
        if not all(each.covers for each in hours.to_ask):
            why = "dont le métier ou la zone n'est pas publié"
        parts.append(f"{structures(n)} {why} {several if n > 1 else single}")
    return " ; ".join(parts) or "aucune structure n'est connue pour en porter"


def _able(hours: Carriers) -> Iterator[str]:
    if hours.lending:
        n, kinds = len(hours.lending), by_kind(hours.lending_by_kind)
        yield f"{structures(n)} {'mettent' if n > 1 else 'met'} du personnel à disposition quel que soit le métier ({kinds})"
    if hours.doing:
        n = len(hours.doing)
        yield f"{structures(n)} du métier {'peuvent' if n > 1 else 'peut'} en prendre"


def structures(n: int) -> str:
    """« 1 structure », « 12 structures »."""
    return f"{n} structure{'s' if n > 1 else ''}"


def by_kind(counted: Mapping[str, int]) -> str:
    """« 9 ESAT, 5 EA »."""
    return ", ".join(f"{n} {kind}" for kind, n in counted.items())
