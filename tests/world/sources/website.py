"""A supplier's own website, that of the structure played for les-emplois: its pages are asked as robots.txt lets them be."""

from __future__ import annotations

from tests.world.entry import Entry

HOST = "structure-inventee.example.org"
ABOUT = "emplois:00000000-0000-4000-9000-000000710001"
_PAGE = """<!doctype html><html lang=fr><head><title>Structure inventée 1</title>
<meta name=description content="La structure inventée entretient les locaux et lave le linge de la région."></head>
<body><h1>STRUCTURE INVENTEE 1</h1><a href="/nos-activites">Nos activités</a> <a href="/prive/services">Espace privé</a></body></html>"""
_ACTIVITIES = "<!doctype html><html><head><title>Nos activités</title></head><body><h2>Blanchisserie</h2><p>Du linge lavé.</p></body></html>"
_OTHERS = {
    "fournisseur-invente": "FOURNISSEUR INVENTE 1",
    "chantier-invente": "Chantier inventé",
    "potager-invente": "POTAGER INVENTE",
}
"""Sites that other entries give, and who speaks there."""


def _named(name: str) -> bytes:
    return (
        f"<!doctype html><html lang=fr><head><title>{name}</title></head><body><h1>{name}</h1></body></html>".encode()
    )


ENTRY = Entry(
    pages={
        f"{HOST}/": _PAGE.encode(),
        f"{HOST}/nos-activites": _ACTIVITIES.encode(),
        **{f"{site}.example.org/": _named(name) for site, name in _OTHERS.items()},
    },
    robots={HOST: b"User-agent: *\nDisallow: /prive/\n"},
    tells={
        f"{ABOUT}#presentation https://{HOST}": {
            "enriches": ABOUT,
            "description": "La structure inventée entretient les locaux et lave le linge de la région.",
        },
        f"{ABOUT}#trades https://{HOST}/nos-activites": {
            "offers.0.trade": "blanchisserie",
            "offers.0.evidence": "text",
        },
    },
    skipped={"nothing_told": 3, "website_shared": 3},
    asked_whole=True,
)
