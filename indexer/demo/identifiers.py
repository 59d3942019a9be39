"""Invented numbers of valid form: SIREN from 999 000 00x on, with the right check digit, and FINESS."""

from __future__ import annotations

SIRENS = 100_000
STEP = 61_803  # coprime to SIRENS: neighbours get distant numbers, and no number comes twice in a turn
NIC_LAST = 9989
_PLAIN = {str(value): value for value in range(10)}
_DOUBLED = {str(value): 2 * value - 9 * (value > 4) for value in range(10)}


def luhn_digit(digits: str) -> int:
    """The digit that makes ``digits`` + it pass the Luhn check (INSEE: every second digit from the right is doubled)."""
    doubled = sum(map(_DOUBLED.__getitem__, digits[-1::-2]))
    return -(doubled + sum(map(_PLAIN.__getitem__, digits[-2::-2]))) % 10


def siren(number: int) -> str:
    """The SIREN of legal unit ``number``; the same again after 100,000 units."""
    body = f"999{number * STEP % SIRENS:05d}"
    return f"{body}{luhn_digit(body)}"


def siret(unit: int, site: int) -> str:
    """The SIRET of a site of a unit. NICs stay below 99 9xx, which les-emplois uses for made-up antennas.

    ``site`` counts from 1; units that share a SIREN (100,000 apart) get other NICs.
    """
    nic = (unit // SIRENS * 100 + site - 1) % NIC_LAST + 1
    body = f"{siren(unit)}{nic:04d}"
    return f"{body}{luhn_digit(body)}"


def finess(departement: str, number: int) -> str:
    """A FINESS number: two characters of the département, then ``99`` and a counter."""
    return f"{departement[:2]}99{number % 100_000:05d}"
