"""Takes a picture of every state of the pages at two widths, and gathers them in contact sheets that one looks at.

``python -m scripts.screenshots HOME FOLDER`` serves a copy of HOME, so that studies and dossiers made here leave it as it was, and writes
``FOLDER/NN-name-WIDTH.png`` and ``FOLDER/sheet-WIDTH-N.png``. It needs Chromium on the path (or ``VIVIER_CHROMIUM``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.server import Server, serving
from vivier.settings import Settings

WIDTHS: Final = (1280, 390)
TALLEST: Final = 2_400
"""Pixels of a page that a picture keeps."""
_PER_SHEET: Final = {1280: 4, 390: 8}
_PROGRAMME: Final = (
    "Lot;Intitulé du besoin;Lieu;Montant prévisionnel HT;Durée\n"
    "1;Entretien des espaces verts du campus;Rennes;240 000 €;4 ans\n2;Nettoyage des locaux;Ille-et-Vilaine;190000;48 mois\n"
    "3;Restauration du personnel;Rennes;;1 an + 3 reconductions\n4;Prestations diverses;Rennes;50 k€;12\n"
)
TRADE: Final = "trade=entretien-espaces-verts"
STATES: Final[dict[str, str]] = {
    "accueil": "/",
    "acheteur": "/espace/acheteur",
    "structure": "/espace/structure",
    "structure-dite": "/espace/structure?supplier={supplier}",
    "structure-metier": f"/espace/structure?{TRADE}&territory=departement:35",
    "structure-refusee": "/espace/structure?metier=zzz&lieu=Saint-Denis",
    "facilitateur": "/espace/facilitateur",
    "resultats": "/fournisseurs",
    "resultats-besoin": "/fournisseurs?need=entretien des espaces verts, ESAT ou EA, à 40 km de Rennes",
    "resultats-departement": "/fournisseurs?territory=departement:35&kind=ESAT",
    "resultats-outre-mer": "/fournisseurs?territory=departement:974",
    "resultats-vides": "/fournisseurs?q=zzyzx",
    "resultats-peu": "/fournisseurs?kind=ESAT&trade=blanchisserie&near=2.35,48.85&radius_km=20",
    "resultats-criteres": "/fournisseurs?territory=region:53&criteres=tous",
    "resultats-choix": "/fournisseurs?territory=departement:35&choix={three}",
    "resultats-refuses": "/fournisseurs?lieu=Saint-Denis&turnover_min=a",
    "comparaison": "/comparer?territory=departement:35&choix={three}",
    "comparaison-vide": "/comparer",
    "fiche": "/fournisseurs/{supplier}",
    "fiche-choix": "/fournisseurs/{second}?choix={three}",
    "marches": "/marches",
    "marches-filtres": "/marches?q=nettoyage&territory=departement:35",
    "marches-vides": "/marches?q=zzyzx",
    "marche": "/marches/{contract}",
    "avis": "/avis",
    "avis-un": "/avis/{notice}",
    "avis-refuse": "/avis?amount_min=x",
    "acheteurs": "/acheteurs",
    "acheteurs-appeler": "/acheteurs?supplier={supplier}&sort=call",
    "acheteur-un": "/acheteurs/{buyer}",
    "pistes": "/pistes",
    "pistes-structure": "/pistes?supplier={supplier}",
    "pistes-metier": f"/pistes?{TRADE}&territory=departement:35",
    "indicateurs": "/indicateurs",
    "indicateurs-departement": "/indicateurs?by=departement",
    "filieres": "/filieres",
    "filieres-metier": f"/filieres?{TRADE}",
    "filieres-epci": f"/filieres?{TRADE}&by=epci",
    "ressources": "/ressources",
    "territoire": "/territoire?territory=departement:35",
    "auto-evaluation": "/auto-evaluation",
    "auto-evaluation-rendue": "/auto-evaluation?family=proprete&answer=team:nobody",
    "clausier": "/clausier?trade=nettoyage-locaux&amount=190000&months=48",
    "cout-global": "/cout-global?years=8&name-1=A&acquisition-1=10&use-1=1&maintenance-1=1&end_of_life-1=0&name-2=B&acquisition-2=9",
    "suivi-heures": "/suivi-heures?object=Nettoyage&hours=253&months=6&start=2027-03-01&company=Alpha",
    "consultation": "/consultation",
    "etude": "{study}",
    "etude-lot": "{study}/lots/2",
    "dossier": "{dossier}",
    "dossier-imprime": "/v1{dossier}.html",
    "qualite": "/qualite",
    "aide": "/aide",
    "glossaire": "/glossaire",
    "api": "/api-et-donnees?de=/fournisseurs",
    "introuvable": "/nulle-part",
}


def main() -> None:
    """Reads the arguments, takes the pictures, says where they are."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home", type=Path)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", nargs="*", default=list(STATES), choices=list(STATES), metavar="STATE")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        home = Path(shutil.copytree(given.home, Path(kept) / "home"))
        with serving(Settings(home=home)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("VIVIER_CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
            )
            names = _addresses(server, browser)
            for width in WIDTHS:
                taken = list(_pictures(server, browser, names, width, given.only, given.folder))
                _sheets(browser, taken, width, given.folder)
            browser.close()
    print(f"{len(given.only)} états à {len(WIDTHS)} largeurs : {given.folder}")


def _addresses(server: Server, browser: Browser) -> dict[str, str]:
    """What the states name: ids of the first records, and the addresses of a study and of a dossier made for the occasion."""
    found = json.loads(server.get("/v1/suppliers", {"territory": "departement:35", "per_page": "3"}))["results"]
    ids = [one["id"] for one in found]
    first = {
        name: json.loads(server.get(f"/v1/{name}s", {"per_page": "1"}))["results"][0]
        for name in ("contract", "notice", "buyer")
    }
    page = browser.new_page(base_url=_base(server))
    study = page.request.post(
        "/consultation", form={"step": "study", "programme": _PROGRAMME.replace("Intitulé du besoin", "objet")}
    )
    lots = [{"text": "nettoyage des locaux", "place": "Rennes", "amount": 190_000, "months": 48}]
    dossier = page.request.post("/v1/dossiers", data={"lots": lots, "reference": "2027-014"}).json()
    page.close()
    return {
        "supplier": ids[0],
        "second": ids[1],
        "three": ",".join(ids),
        "contract": first["contract"]["id"],
        "notice": first["notice"]["id"],
        "buyer": first["buyer"]["siren"],
        "study": study.url.removeprefix(_base(server)),
        "dossier": f"/dossiers/{dossier['dossier_id']}",
    }


def _base(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _pictures(
    server: Server, browser: Browser, names: dict[str, str], width: int, states: list[str], folder: Path
) -> Iterator[tuple[str, Path]]:
    """Each state, its scripts run and its map alive, as one picture."""
    page = browser.new_page(base_url=_base(server), viewport={"width": width, "height": 900}, locale="fr-FR")
    for number, state in enumerate(STATES, 1):
        if state not in states:
            continue
        page.goto(STATES[state].format(**names), wait_until="networkidle")
        file = folder / f"{number:02}-{state}-{width}.png"
        tall = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
        yield state, file
    page.close()


def _sheets(browser: Browser, taken: list[tuple[str, Path]], width: int, folder: Path) -> None:
    """Contact sheets of 1,600 pixels: several pictures side by side under their names."""
    each = _PER_SHEET[width]
    page: Page = browser.new_page(viewport={"width": 1_600, "height": 900})
    for number, start in enumerate(range(0, len(taken), each), 1):
        some = taken[start : start + each]
        cells = "".join(
            f'<figure><figcaption>{state}</figcaption><img src="{file.resolve().as_uri()}"></figure>'
            for state, file in some
        )
        sheet = folder / f"sheet-{width}-{number:02}.html"
        style = f"body{{display:grid;grid-template-columns:repeat({each},1fr);gap:8px;margin:8px;font:14px sans-serif}}figure{{margin:0}}img{{width:100%;border:1px solid}}"
        sheet.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{cells}", encoding="utf8")
        page.goto(sheet.resolve().as_uri())
        page.screenshot(path=sheet.with_suffix(".png"), full_page=True)
        sheet.unlink()
    page.close()


if __name__ == "__main__":
    main()
