"""Invented public buyers: made-up names, numbers of the form INSEE gives public bodies, seats in real communes.

The fifth digit of their SIREN is 9, which no real number of these forms has; their category is read from it all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.demo.dice import Dice, Weighted
from indexer.demo.identifiers import luhn_digit
from indexer.demo.names import MARK, Names
from indexer.demo.places import Places
from vivier.model import Organisation
from vivier.model.contract import BuyerPlace
from vivier.territory import Gazetteer

FORMS: Weighted[tuple[str, str]] = Weighted(
    {
        ("21", "Commune de {w}"): 42,
        ("24", "Communauté de communes de {w}"): 14,
        ("22", "Département de {w}"): 6,
        ("26", "Centre hospitalier de {w}"): 12,
        ("19", "Lycée {w}"): 8,
        ("25", "Syndicat mixte de {w}"): 9,
        ("27", "Office de l'habitat de {w}"): 5,
        ("13", "Agence nationale de {w}"): 4,
    }
)
"""Beginning of the SIREN and name, with weights."""
FIRST_WORD = 3_000
"""Rank from which words name buyers: the demo has fewer suppliers than that by default."""


@dataclass(frozen=True)
class Buyer:
    """A buyer, how often it declares whether its contracts have a consideration, and how social it is (both 0–1)."""

    organisation: Organisation
    place: BuyerPlace
    departement: str
    commune: str
    post_code: str | None
    records: float
    social: float


def make_buyers(count: int, dice: Dice, gazetteer: Gazetteer, names: Names) -> list[Buyer]:
    """``count`` buyers spread as the suppliers are."""
    places = Places(gazetteer, dice)
    return [_buyer(number, dice, places, gazetteer, names) for number in range(count)]


def _buyer(number: int, dice: Dice, places: Places, gazetteer: Gazetteer, names: Names) -> Buyer:
    seat = places.draw(number)
    communes = gazetteer.communes
    row = int(communes.parent[seat.row]) if communes.is_arrondissement[seat.row] else seat.row
    prefix, form = dice.weighted(FORMS)
    siren = buyer_siren(prefix, seat.departement, number)
    nic = "0001"
    siret = f"{siren}{nic}{luhn_digit(siren + nic)}"
    post_code = dice.pick(communes.postcodes[row].split() or ("",)) or None
    return Buyer(
        Organisation(
            siret=siret, siren=siren, id_type="SIRET", name=f"{form.format(w=names.word(FIRST_WORD + number))} {MARK}"
        ),
        BuyerPlace(commune=communes.codes[row], departement=seat.departement, town=seat.town),
        seat.departement,
        communes.codes[row],
        post_code,
        records=0.3 if dice.chance(0.15) else 0.95,
        social=dice.pick((0.0, 0.1, 0.2, 0.3, 0.5)),
    )


def buyer_siren(prefix: str, departement: str, number: int) -> str:
    """« 21 44 9 017 x »: what the body is, where (Corsica 20, overseas 97), the 9 of the invented ones, a counter."""
    where = "20" if departement in ("2A", "2B") else departement[:2]
    body = f"{prefix}{where}9{number % 1000:03d}"
    return f"{body}{luhn_digit(body)}"
