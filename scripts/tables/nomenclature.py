"""CPV, social CPV and NUTS from the eForms SDK; NAF rév. 2 from @socialgouv/codes-naf."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from scripts.tables.authored import NUTS_2010, NUTS_2010_OVERSEAS, RESERVABLE_CPV, RESERVABLE_CPV_RANGE
from scripts.tables.fetch import Packages
from scripts.tables.write import write_csv

NAF_LEVELS = {2: "division", 4: "groupe", 5: "classe", 6: "sous-classe"}


def write_nomenclatures(packages: Packages, departements: Mapping[str, str], out: Path) -> dict[str, int]:
    """Write CPV, NAF and NUTS tables; ``departements`` maps the name of a département to its code."""
    french, english = _labels(packages, "fr"), _labels(packages, "en")
    nuts = {code: label for code, label in french["nuts"].items() if code.startswith("FR")}
    return {
        "cpv.csv.gz": write_csv(
            out / "cpv.csv.gz", ["code", "label_fr", "label_en"], _cpv(french["cpv"], english["cpv"])
        ),
        "cpv_social.csv": write_csv(
            out / "cpv_social.csv",
            ["code", "label_fr", "reservable_a_verifier"],
            (
                {"code": code, "label_fr": french["cpv"][code], "reservable_a_verifier": _reservable(code)}
                for code in _social_codes(packages)
            ),
        ),
        "naf.csv": write_csv(out / "naf.csv", ["code", "level", "label"], _naf(packages)),
        "nuts.csv": write_csv(
            out / "nuts.csv", ["code", "level", "label_fr", "departements"], _nuts(nuts, departements)
        ),
        "nuts_2010.csv": write_csv(out / "nuts_2010.csv", ["code", "level", "departements"], _nuts_2010()),
    }


def _labels(packages: Packages, language: str) -> dict[str, dict[str, str]]:
    root = ElementTree.fromstring(packages.eforms_file(f"translations/code_{language}.xml"))
    found: dict[str, dict[str, str]] = {"cpv": {}, "nuts": {}}
    for entry in root.iter("entry"):
        match = re.fullmatch(r"code\|name\|(cpv|nuts)\.(\w+)", entry.get("key", ""))
        if match:
            found[match[1]][match[2]] = " ".join((entry.text or "").split())  # a few contain no-break spaces
    return found


def _cpv(french: Mapping[str, str], english: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for code in sorted(french):
        yield {"code": code, "label_fr": french[code], "label_en": english[code]}


def _social_codes(packages: Packages) -> list[str]:
    root = ElementTree.fromstring(packages.eforms_file("codelists/cpv_social-service-cpv.gc"))
    values = (value for value in root.iter("Value") if value.get("ColumnRef") == "code")
    return sorted((value.findtext("SimpleValue") or "").strip() for value in values)


def _reservable(code: str) -> str:
    first, last = RESERVABLE_CPV_RANGE
    return "oui" if code in RESERVABLE_CPV or first <= code <= last else "non"


def _naf(packages: Packages) -> Iterator[dict[str, object]]:
    for item in sorted(packages.naf_json(), key=lambda item: str(item["id"])):
        yield {"code": item["id"], "level": NAF_LEVELS[len(item["id"])], "label": item["label"]}


def _nuts(labels: Mapping[str, str], departements: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """NUTS codes with their départements. Level 3 is a département, matched by its name; a higher level has the départements whose
    codes begin with its own; ``…Z`` has none."""
    by_name = {_key(name): code for name, code in departements.items()}
    level3 = {code: by_name[_key(label)] for code, label in labels.items() if len(code) == 5 and "Z" not in code}
    for code in sorted(labels):
        inside = sorted({found for leaf, found in level3.items() if leaf.startswith(code)})
        yield {"code": code, "level": len(code) - 2, "label_fr": labels[code], "departements": " ".join(inside)}


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFD", name.lower())
    return re.sub(r"[^a-z]", "", folded)


def _nuts_2010() -> Iterator[dict[str, object]]:
    leaves = {f"{code}{n}": dep for code, deps in NUTS_2010.items() for n, dep in enumerate(deps.split(), 1)}
    leaves |= {f"{code}0": dep for code, dep in NUTS_2010_OVERSEAS.items()}
    for code in sorted({leaf[:length] for leaf in leaves for length in (3, 4, 5)}):
        inside = sorted({dep for leaf, dep in leaves.items() if leaf.startswith(code)})
        yield {"code": code, "level": len(code) - 2, "departements": " ".join(inside)}
