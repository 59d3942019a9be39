"""Letters and notes: what is asked is told from what is around it."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.needs.folded import folded
from vivier.needs.letters import asking

LETTERS = {
    "La toiture de la salle a été refaite l'an dernier et le chauffage marche. Nous cherchons une structure pour tondre les pelouses et tailler les haies, "
    "de mars à octobre, à Mulhouse. Le notaire et l'architecte sont prévenus.": "entretien-espaces-verts",
    "Je tiens une épicerie à Crest et je voudrais proposer des paniers de légumes bio produits par un jardin d'insertion, 25 paniers par semaine.": "maraichage",
    "La ville lance une consultation pour la numérisation de ses registres, soit 41 000 vues, sur place. Le lot 2, reliure et restauration des registres, "
    "sera lancé plus tard.": "numerisation-ged",
    "Notre association organise un festival de musique. Nous cherchons qui pourrait assurer la collecte des déchets sur place, pour 8 000 personnes. "
    "La sécurité et la restauration sont déjà confiées à d'autres.": "collecte-dechets",
    "L'office étudie l'entretien des parties communes (halls, escaliers) de 86 immeubles. Le chauffage collectif et les ascenseurs ont "
    "été refaits par le bailleur voisin.": "nettoyage-locaux",
}  # fmt: skip


@pytest.mark.parametrize(("text", "trade"), LETTERS.items())
def test_the_sentences_that_ask_give_the_trade_of_a_letter(text: str, trade: str, lexicon: Lexicon) -> None:
    assert [sector.id for sector in resolve_need(text, lexicon).sectors] == [trade]


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("Un traiteur à Saumur. L'hébergement est déjà réservé, le transport aussi.", "L'hébergement est déjà réservé, le transport aussi"),
        ("Tonte des pelouses ; les vitres ne font pas partie du marché", "les vitres ne font pas partie du marché"),
        ("Lavage des voitures. La réparation fait l'objet d'un autre contrat.", "La réparation fait l'objet d'un autre"),
    ],
)  # fmt: skip
def test_what_is_dealt_with_elsewhere_is_excluded(text: str, excluded: str, lexicon: Lexicon) -> None:
    assert [span.text.strip() for span in resolve_need(text, lexicon).excluded] == [excluded]


def test_a_title_is_no_letter_and_a_letter_that_only_asks_is_whole() -> None:
    assert asking(folded("Nous cherchons un traiteur. Merci.")) == ()
    assert asking(folded("Nous cherchons un traiteur pour un séminaire de quarante personnes. " * 3)) == ()
    text = "Le contrat actuel prend fin en juin et nous convient bien jusque-là, merci encore. Il faut repeindre les volets de l'école."
    assert [text[start:end] for start, end in asking(folded(text))] == ["Il faut repeindre les volets de l'école."]


def test_a_blank_line_ends_a_sentence_without_a_point() -> None:
    text = (
        "Notre école a fêté ses cent ans cette année avec les parents et les anciens élèves\n\n"
        "Nous cherchons un peintre pour les volets\n\nBien à vous, la directrice, qui vous remercie de tout cœur\n\n"
    )
    (found,) = asking(folded(text))
    assert folded(text).source[found[0] : found[1]].strip() == "Nous cherchons un peintre pour les volets"
