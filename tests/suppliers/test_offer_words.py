"""An offer in words: a buyer reads what is known, how, and no more."""

from __future__ import annotations

import pytest

from vivier.lexicon import load_lexicon
from vivier.model.views import OfferView, SupplierView
from vivier.suppliers.offers import proof_words, title_of


@pytest.mark.parametrize(
    ("offer", "title"),
    [
        ({"trade": "plomberie", "evidence": "declared"}, "Plomberie et sanitaires"),
        ({"supposed_trade": "plomberie", "evidence": "activity"}, "Plomberie et sanitaires (supposé)"),
        (
            {"family": "dechets", "evidence": "activity"},
            "Collecte et traitement des déchets (famille de métiers supposée)",
        ),
        ({"family": "textile", "evidence": "declared"}, "Linge, couture et textile (famille de métiers)"),
        ({"evidence": "statute"}, "Mise à disposition de personnel"),
        ({}, "métier inconnu"),
    ],
)
def test_an_offer_is_of_a_trade_a_supposition_a_family_or_people(offer: OfferView, title: str) -> None:
    assert title_of(offer, load_lexicon()) == title


def record(*offers: OfferView, kind: str = "ETTI") -> SupplierView:
    return {  # type: ignore[typeddict-item,return-value]
        "agreements": [{"value": {"kind": kind}}],
        "offers": [{"value": offer} for offer in offers],
    }


def test_a_statute_is_told_with_its_article_and_what_we_have_not_read_is_to_confirm() -> None:
    lent: OfferView = {"evidence": "statute"}
    assert proof_words(lent, record(lent)) == "par son statut (ETTI, C. trav. L5132-4, L5132-6)"
    assert proof_words(lent, record(lent, kind="EATT")) == "par son statut (EATT, C. trav. L5213-13-3 à confirmer)"


def test_a_sector_that_means_several_trades_is_told_as_the_sector_declared() -> None:
    first: OfferView = {"trade": "plomberie", "title": "Plomberie", "evidence": "declared"}
    second: OfferView = {"trade": "chauffage-climatisation", "title": "Plomberie", "evidence": "declared"}
    assert proof_words(second, record(first, second)) == "déclaré par le fournisseur, secteur « Plomberie »"
    assert proof_words(first, record(first)) == "déclaré par le fournisseur"
