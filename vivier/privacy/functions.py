"""Recognises a function or a department (« service des achats »), and refuses what may name a person."""

from __future__ import annotations

import re
from typing import Final

from vivier.identity import fold
from vivier.privacy import personal
from vivier.privacy.first_names import FIRST_NAMES

_WORDS: Final = frozenset(
    "acheteur acheteuse achat achats acheteurs adjoint adjointe agent agence assistant assistante bureau cabinet cadre cellule centre charge "
    "chargee chef cheffe commande conducteur conductrice coordinateur coordinatrice departement directeur direction directrice division dga "
    "dgs dsi economat equipe facilitateur facilitatrice gestionnaire groupe guichet intendance juriste maison maire mairie maitrise marches "
    "mission office pole president presidente projet referent referente responsable secretaire secretariat section service services "
    "sous-direction technicien technicienne unite".upper().split()
)
"""Words that say a function or a department, in capitals without accents."""


def says_a_function(text: str) -> bool:
    """Does a text say a function or a department, and no first name, civility, e-mail address nor telephone number?

    A family name alone beside a function cannot be told from a word: « responsable Dupont » passes.
    """
    words = re.findall(r"[A-Z-]+", fold(text))
    return (
        not personal(text) and any(word in _WORDS for word in words) and not any(word in FIRST_NAMES for word in words)
    )
