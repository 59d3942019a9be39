"""Restores the letters that a source lost: « March? d'am?nagement » is read « Marché d'aménagement ».

A word is restored only when the nomenclatures of the house know one word, or nearly always one, that has those letters.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Final

from vivier.identity import words_of
from vivier.territory.gazetteer import load_gazetteer
from vivier.trades.cpv import load_cpv
from vivier.trades.table import load_trades

LOST: Final = "\ufffd"
_WORD: Final = re.compile(rf"[^\W\d_{LOST}]*(?:{LOST}[^\W\d_{LOST}]*)+")
_KNOWN: Final = re.compile(r"[^\W\d_]{2,}")
_ELIDED: Final = re.compile(rf"(?i)(?<!{LOST})\b(qu|[cdjlmnst]){LOST}(?=[aeiouyh{LOST}])")
_ALONE: Final = re.compile(rf"(?<=[a-z] ){LOST}(?= (?!lots?\b)[a-z])")
_NUMBER: Final = re.compile(rf"(?i)\b(n){LOST}(?=\s?\S*\d)")
_PLAIN: Final = str.maketrans("àâäéèêëîïôöùûüçœ", LOST * 16)
_COMMON: Final = words_of(
    """
    marché marchés réalisation réalisations création réhabilitation rénovation réfection aménagement aménagements
    études étude département départements métropole société sociétés région régional régionale école écoles lycée
    collège hôpital hôtel théâtre bâtiment bâtiments électricité étanchéité sécurité intérieur intérieurs extérieur
    extérieurs première deuxième périmètre maîtrise œuvre ouvrage développement système systèmes matériel matériels
    matériaux véhicule véhicules équipement équipements prévention sécurisation référencement déménagement
    dématérialisation télécommunications téléphonie réseau réseaux numérique général générale générales spécialisé
    spécialisée spécialisés expérimental européen européenne français française sanitaire fonctionnalités évolution
    évolutions évolutive médical médicale médicaux mécanique hébergement restructuration communauté université
    universités réparation réparations mètre mètres année années journée journées géré gérés gérées occupé occupés
    élémentaire élémentaires résidence résidences aéronautique crèche crèches fossé fossés collectivité collectivités
    déclaré déclarés aéronef îlot réalisés réalisée proximité séparé séparés méditerranée côté allée allées bâtir
    réservé réservés réservée adhérents subséquent subséquents régionales muséographiques rêvées agglomération
    différents différentes éducative aménagés résiduels complémentaire élus programmé programmés programmée arrêté
    préalables responsabilités opérationnel pyrénées béton libération étudiants référence classée situé situés située
    difficulté procédure procédures préliminaires connectés procédés externalisées exploités préventives associé
    associée associés équipé équipés équipée intégré intégrée dédié dédiés dédiée destiné destinés destinée destinées
    liés liées prélèvement contrôle contrôles vérification vérifications périodiques réglementaires ascenseurs
    intérimaire à été où après
    """
)
"""Words of the titles of purchases that no nomenclature holds [ours]."""

_SURE: Final = 5
"""How many times more frequent a word must be than another that lost letters would leave alike."""


def restored(text: str) -> str:
    """The text with its lost letters, where one word alone has the others. What stays lost keeps its mark (U+FFFD)."""
    if LOST not in text:
        return text
    if text.count(LOST) > 1:  # a mark alone may be anything; beside other lost letters, it is one of them
        text = _ALONE.sub("à", text)
    text = _NUMBER.sub(r"\1°", text)
    text = _WORD.sub(lambda found: _word(found.group()), text)
    return _WORD.sub(lambda found: _word(found.group()), _ELIDED.sub(r"\1'", text))


def _word(damaged: str) -> str:
    """A word restored, in the capitals of what is left of it."""
    if damaged == LOST:
        return damaged
    word = _words().get(damaged.lower())
    if word is None:
        return damaged
    capitals = damaged.replace(LOST, "")
    if len(capitals) > 1 and capitals.isupper():
        return word.upper()
    return word.capitalize() if damaged[0].isupper() or (damaged[0] == LOST and capitals[:1].isupper()) else word


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """The known words with an accent, by what is left of them without it. Where two have the same rest, one must be far more frequent."""
    texts = [entry.label_fr for entry in load_cpv()]
    texts += [text for trade in load_trades() for text in (trade.name, *trade.words)]
    texts += load_gazetteer().names["commune"].values()
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in (*_COMMON * _SURE, *(word.lower() for text in texts for word in _KNOWN.findall(text))):
        if (left := word.translate(_PLAIN)) != word:
            found[left][word] += 1
    ranked = {left: words.most_common(2) for left, words in found.items()}
    return {
        left: first for left, ((first, most), *others) in ranked.items() if not others or most >= _SURE * others[0][1]
    }
