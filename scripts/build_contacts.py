"""Writes ``tests/fixtures/privacy/contacts.csv``: mailboxes and numbers labelled by us, to measure what keeps persons out.

Everything is invented by us: each row comes from a pattern that we judged (« organisation » or « person »), filled with names of ours. The two halves
share neither patterns, nor names, nor organisations: rules may be written while looking at *tune*; *test* only judges them. Domains end in
``.example``, which nobody owns; numbers are of the ranges that the French numbering plan keeps for works of fiction.

``python -m scripts.build_contacts``
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parents[1] / "tests" / "fixtures" / "privacy" / "contacts.csv"
HEADER: Final = ("half", "label", "text", "organisation", "pattern")
SEED: Final = 27
FICTION: Final = ("019900", "026191", "035301", "046571", "053649")
FICTION_MOBILE: Final = "063998"
FILLS: Final = 24
"""Rows of each pattern."""
NAMES: Final[dict[str, dict[str, Any]]] = {
    "tune": {
        "first": (
            *("jean", "marie", "pierre", "nathalie", "sophie", "karim", "nadia", "julie", "paul"),
            *("anne-lise", "mehdi", "lea"),
        ),
        "last": (
            *("caron", "dupont", "martin", "lefevre", "moreau", "benali", "garnier", "roux", "leclerc"),
            *("fontaine", "petit", "boulanger", "marchand"),
        ),
        "place": ["rennes", "nantes", "vitre", "redon"],
        "org": (
            ("ESAT Les Trois Chênes", "troischenes"),
            ("Ateliers du Vallon", "ateliers-vallon"),
            ("Association Jean Moulin", "jeanmoulin-asso"),
            ("Anjou Services", "anjouservices"),
            ("Régie de quartier Maurepas", "regie-maurepas"),
            ("Envie Bretagne", "envie-bretagne"),
            ("Entreprise Bernard Caron", "bernardcaron"),
        ),
    },
    "test": {
        "first": (
            *("luc", "chantal", "bernard", "aicha", "yann", "camille", "hugo", "fatou", "gwenaelle"),
            *("thibault", "ines", "maxence", "soazig", "kylian"),
        ),
        "last": (
            *("durand", "bernier", "chevalier", "lemaitre", "nguyen", "haddad", "guerin", "berger"),
            *("delatelier", "cuisinier", "contal", "verdier", "esatier"),
        ),
        "place": ["lorient", "vannes", "brest", "auray"],
        "org": (
            ("EA Fictive Atlantique", "ea-atlantique"),
            ("Chantier Les Genêts", "lesgenets"),
            ("ESAT Louise Michel", "esat-louise-michel"),
            ("Blanchisserie du Golfe", "blanchisserie-golfe"),
            ("ADAPEI du Littoral", "adapei-littoral"),
            ("GEIQ Propreté Ouest", "geiq-ouest"),
            ("Société Michel Guérin", "guerin-services"),
        ),
    },
}
ORGANISATIONS: Final = {
    "tune": (
        *("contact@{d}", "accueil@{d}", "secretariat@{d}", "info@{d}", "direction@{d}", "esat@{d}", "devis@{d}"),
        *("ateliers@{d}", "accueil.{p}@{d}", "contact35@{d}", "secretariat-esat@{d}", "service.commercial@{d}"),
        *("espaces.verts@{d}", "compta@{d}", "{l}", "{l.}", "tel : {l}", "+33 {i}", "standard {m}"),
    ),
    "test": (
        *("infos@{d}", "commercial@{d}", "production@{d}", "administration@{d}", "recrutement@{d}"),
        *("facturation@{d}", "siege@{d}", "esat.accueil@{d}", "accueil-{p}@{d}", "secretariatdirection@{d}"),
        *("blanchisserie2@{d}", "pole.insertion@{d}", "contact.esat@gmail.example", "espacesverts@{d}"),
        *("les.ateliers@{d}", "sous-traitance@{d}", "Contact@{D}", "standard@{d}", "{l-}", "Tél. {l}"),
        *("accueil : {l}", "0033 {i}", "accueil {m}", "siège {l}"),
    ),
}
PERSONS: Final = {
    "tune": (
        *("{f}.{n}@{d}", "{f}{n}@{d}", "{i1}.{n}@{d}", "{i1}{n}@{d}", "{n}@{d}", "{f}@{d}", "{n}.{f}@{d}"),
        *("{f}.{n}@gmail.example", "direction.{n}@{d}", "contact.{f}@{d}", "directeur@{d}", "{f}-{n}@{d}"),
        *("{f}_{n}@{d}", "{n}.esat@{d}", "{m}", "{m.}", "M. {N} {l}", "{F} {N} : {l}", "+33 {im}"),
    ),
    "test": (
        *("{n}{f}@{d}", "{n}{i1}@{d}", "{f}.{i1}@{d}", "{i1}-{n}@{d}", "{f}{yy}@{d}", "{n}-accueil@{d}"),
        *("esat.{n}@{d}", "{f}.esat@{d}", "accueil.{f}@{d}", "secretariat.{n}@{d}", "president@{d}", "gerante@{d}"),
        *("chef.atelier@{d}", "comptable@{d}", "{f}.{n}.contact@{d}", "{f}.{n}@{d} / contact@{d}"),
        *("{n}-{f}@wanadoo.example", "{f}.{n}@{d} (direction)", "mme.{n}@{d}", "dr.{n}@{d}", "{f}contact@{d}"),
        *("contact{n}@{d}", "atelier{n}@{d}", "{own}@{d}", "{m-}", "portable {m}", "{m} / {l}", "{F} {l}"),
        *("Mme {N} {l}", "0033 {im}", "{l} ({F} {N})"),
    ),
}


def rows() -> Iterator[tuple[str, ...]]:
    """Every row, the same at each run."""
    for half in ("tune", "test"):
        for label, patterns in (("organisation", ORGANISATIONS[half]), ("person", PERSONS[half])):
            for pattern in patterns:
                draw = random.Random(f"{SEED}{half}{label}{pattern}")
                made = {_filled(pattern, half, draw) for _ in range(FILLS * 3)}
                for text, organisation in sorted(made)[:FILLS]:
                    yield half, label, text, organisation, pattern


def _filled(pattern: str, half: str, draw: random.Random) -> tuple[str, str]:
    names = NAMES[half]
    first, last = draw.choice(names["first"]), draw.choice(names["last"])
    organisation, domain = draw.choice(names["org"])
    landline = f"{draw.choice(FICTION)}{draw.randrange(10**4):04d}"
    mobile = f"{FICTION_MOBILE}{draw.randrange(10**4):04d}"
    values = {
        "d": f"{domain}.example",
        "D": f"{domain}.example".upper(),
        "p": draw.choice(names["place"]),
        "f": first,
        "n": last,
        "F": first.title(),
        "N": last.upper(),
        "i1": first[0],
        "yy": str(draw.randrange(60, 99)),
        "l": _spaced(landline, " "),
        "l.": _spaced(landline, "."),
        "l-": _spaced(landline, "-"),
        "i": _spaced(landline, " ")[1:],
        "m": _spaced(mobile, " "),
        "m.": _spaced(mobile, "."),
        "m-": _spaced(mobile, "-"),
        "im": _spaced(mobile, " ")[1:],
        "own": "jean.moulin"
        if half == "tune"
        else draw.choice(("louise.michel", "michel.guerin", "louise", "mguerin")),
    }
    text = pattern
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"{{{name}}}", values[name])
    return text, organisation


def _spaced(number: str, mark: str) -> str:
    return mark.join(number[at : at + 2] for at in range(0, 10, 2))


def content() -> str:
    """The file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows())
    return out.getvalue()


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(content(), encoding="utf8")
    print(f"written: {FILE.name}, {content().count(chr(10)) - 1} rows")
