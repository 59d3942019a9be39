"""Finds what a need excludes: « sauf la vitrerie », « sans produits phytosanitaires », « hors Lyon »."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vivier.needs.folded import Folded
from vivier.needs.model import Span

_LITTLE = r"(?:(?:pour|a|au|aux|en|dans|sur|de|du|des|le|la|les|un|une|ceux|celles) |d'|l')*"
_STOPS = r"pour|dans|a|au|aux|en|sur|chez|mais|avec|y compris"
_WHO = r"(?:esats?|ea|ei|eiti|aci|ai|ettis?|eatt|geiqs?|siae|entreprises? (?:adaptee?|d'insertion)|(?:structure|association|chantier)s? )"
_EXCEPT = re.compile(
    r"\b(?:sauf|hormis|excepte|a l'exclusion|a l'exception|en dehors|a part(?= les? | des? | l'| la )|non compris|mais pas|et non(?! plus)|autres? qu(?:e|')"
    rf"|(?:non|pas) ?-?(?={_WHO}\b|bio\b)|(?:pas|jamais|surtout pas|ni|sans passer) (?:par |avec )(?=une? |des? |les? |l'|la )|aucune?s?|ni(?= (?:une? |des? |d')?{_WHO}\b)"
    r"|pas (?=de |d'|des |une? )(?!de (?:porte|tir|calais)\b)"
    r"|hors(?! ?(?:-|ht\b|ttc\b|tax|d'usage|d'oeuvre|d'eau|d'air|sol\b|gel\b|service|norme|gabarit|saison|cadre|marche|forfait"
    r"|ligne|site|murs|temps|scolaire|periode|enr\b)))\b"
    rf" ?{_LITTLE}(?P<what>[^,;:.()/+]{{2,80}}?)(?= (?:{_STOPS})\b| - |[,;:.()/+]|$)"
)
"""Markers whose exclusion goes on after « et » and « ou »: « sauf vitrerie et façades »."""
_WITHOUT = re.compile(
    r"\bsans(?! ?(?:-|abri|domicile|papier|emploi|ressource|eau\b|fils?\b|contact|gluten|sel\b|suite|reserve|permis|chauffeur"
    r"|conducteur|plomb|frais|etage|ascenseur|objet|soudure|tranchee|engagement|limite|delai))\b"
    rf" ?{_LITTLE}(?P<what>[^,;:.()/+]{{2,60}}?)(?= (?:{_STOPS}|et|ou|ni)\b| - |[,;:.()/+]|$)"
)
"""Exclusions by « sans ». « sans eau », « sans chauffeur » describe what is bought and exclude nothing. « et » ends the exclusion:
« sans pesticide et ramassage »."""

_ABSTAIN = re.compile(r"(?P<what>[^,;:.()/+ ][^,;:.()/+]{1,60}?) s'abstenir")
"""« bureau d'études s'abstenir »."""

_DEALT_WITH = (
    r"(?:n'est|ne sont|ne sera|ne seront) pas (?:concern|compris|inclu|demand|prevu)\w*|ne f(?:ai|on)t pas partie\b[^,;.!?]*|f(?:ai|on)t l'objet d'un autre\b"
    r"|(?:est|sont) deja \w+[^,;.!?]*(?:, [^,;.!?]{3,40} aussi\b)?|fonctionne(?:nt)? bien|passe(?:nt)? par l'ugap"
    r"|(?:sera|seront|fera|feront) [^,;.!?]{0,40}(?:plus tard|ulterieurement|separement|a part)"
)
_APART = re.compile(rf"(?:^|(?<=[,;.!?(]))(?P<what>[^,;.!?(]{{3,120}}?(?:,[^,;.!?]{{3,80}},)?) (?:{_DEALT_WITH})")
"""« l'hébergement est déjà réservé », « le lot 2 sera lancé plus tard »."""


_UNREQUIRED = re.compile(
    r"\b(?:exigence|obligation|contrainte|condition|besoin|forcement|obligatoire|necessaire|reservation)"
)
"""« sans exigence de bio » asks for none, and refuses none."""


def exclusions(text: Folded, wanted: Iterable[Span]) -> Iterator[tuple[int, int, bool]]:
    """Stretches of the folded text that exclude something, marker included; whether what they name is refused, or only left to another purchase. What is
    ``wanted``, a place or a characteristic, is not excluded: « sauf vitrerie Toulouse », « sans pesticide »."""
    taken = [(span.start, span.end) for span in wanted]
    for pattern in (_EXCEPT, _WITHOUT, _ABSTAIN, _APART):
        for match in pattern.finditer(text.text):
            begins = text.starts[match.start("what")]
            if any(start <= text.starts[match.start()] < end for start, end in taken):
                continue  # « Pas de Calais »
            further = [start for start, _ in taken if begins < start]
            end = next((at for at in range(*match.span("what")) if text.starts[at] in further), match.end())
            yield (
                match.start(),
                end,
                pattern is not _APART and _UNREQUIRED.search(text.text, match.start(), end) is None,
            )
