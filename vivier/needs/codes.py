"""Reads the numbers that name a place: « (35) », « 75011 », « dans le 93 », « Saint-Denis 93 ». Other figures are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vivier.needs.folded import Folded
from vivier.needs.model import PlaceMatch
from vivier.needs.written import place_match
from vivier.territory.model import typed_id
from vivier.territory.place_index import PlaceIndex
from vivier.territory.resolve import Resolution, resolve

_CODED = frozenset(
    ("departement_code", "region_code", "post_code", "typed_id", "commune_code", "former_code", "post_code_not_listed")
)
_CODE = re.compile(
    r"(?:(?<![\w.,/€+-])|(?<=cdg)|(?<=ddt)|(?<=sdis)|(?<=cpam)|(?<=dept)|(?<=dpt))"
    r"(?P<code>\d{5}|97[1-8]|98[678]|\d{2}|2[ab])(?![\w€%/-]|[.,]\d)"
)
_ANNOUNCED = re.compile(
    r"(?:\b(?:departement|dept?|dpt|cp|code postal|sdis|ddt|cdg|cpam)[ :]*|\bdans le |\b(?:pres|autour|alentours|environs|proches?|proximite|loin|km) du "
    r"|\b(?:esats?|ea|siae|aci|geiq|rge|artisans?|entreprises?|structures?|fournisseurs?) du )$"
)
_FIRST = re.compile(r"(?:^|\b(?:esats?|ea|siae|aci|geiq|rge|bio|imprim'?vert) )$")
"""Before a number that begins the text, or follows who is searched: « ESAT 35 tonte »."""
_BRACKETED = re.compile(r"[(] ?$")
_SPELT_OUT = re.compile(
    r"(?:dix|vingt|trente|quarante|cinquante|soixante|onze|douze|treize|quatorze|quinze|seize)[a-z-]* [(] ?$"
)
_POST_CODE = 5
_LIST = re.compile(
    r"(?:(?:^|[,;:(]|\b(?:dans les?|sur les?|en|departements?|dept)) ?|(?<= ))"
    r"(?P<codes>(?:\d{2}|2[ab]|97[1-6])(?: ?(?:,|/|et|ou) ?(?:le |dans le )?(?:\d{2}|2[ab]|97[1-6]))+)(?= ?(?:$|[,;:).]))"
)
"""Several départements at the end of a clause: « traiteur 77 et 91 », « dans le 59 et le 62 »."""
_CORSICA = ("2A", "2B")
_BESIDE = 3  # characters between a name and its code: « Moulins (03) », « 75011, Paris »
_CODE_OF_LIST = re.compile(r"\d{2,3}|2[ab]")
_RANK = re.compile(r" ?(?:eme|e\b|ans|mois|jours|heures|bis\b|(?:rue|avenue|boulevard|bd|quai|place|route|chemin)\b)")
# A number after these words counts or numbers something: it is not a place.
_NUMBERING = re.compile(
    r"(?:\b(?:lots?|n|no|num|numero|nr|articles?|art|phases?|tranches?|bat|batiments?|immeubles?|villas?|pavillons?|ilots?|blocs?|cages?|salles?|niveaux?|classes?|types?|groupes?|zones?"
    r"|parcelles?|pages?|chapitres?|version|maxi?|maximum|mini|minimum|budget|montant|dn|rd|rn|iso|en|nf|pmr|covid|acte|annee|avenant|marche|plan|annexe|bp|cs)|[°:-]|(?<!/)(?<!/\d)\d) ?$"
)
_COUNTING = re.compile(r"\b(?:a|et|ou|de|des|du|les|d') ?$")
_ENDS = re.compile(
    r"(?: (?:le|la|les|et|de|du|des|leur))? ?(?:$|[,;:).]| - )"
)  # or ends on a word without its complement
_SINGULAR = re.compile(r" [a-z]{4,}(?<![sx])\b")


def with_codes(
    text: Folded, found: Sequence[PlaceMatch], taken: Sequence[tuple[int, int]], index: PlaceIndex
) -> list[PlaceMatch]:
    """Places completed by the codes of the text. A code beside a name chooses among its homonyms. Another code names a place when
    a word announces it, when it is in brackets, or when nothing else of the text is a place. ``taken``: stretches of figures.
    """
    places = [*found, *_listed(text, taken, index)]
    taken = [
        *taken,
        *((text.place(place.spans[0].start), text.place(place.spans[0].end - 1) + 1) for place in places[len(found) :]),
    ]
    bare: list[PlaceMatch] = []
    for match in _CODE.finditer(text.text):
        start, end = match.span("code")
        if any(first < end and start < last for first, last in taken):
            continue
        kind = _kind(text.text, match, max((last for _, last in taken if last <= start), default=0))
        if not _narrow(text, places, match, kind is not None, index) and kind is not None:
            place = _coded(text, match, index)
            (bare if kind == "bare" else places).extend([] if place is None else [place])
    retained = places if any(not place.doubtful for place in places) else [*places, *bare[:1]]
    return sorted(retained, key=lambda place: place.spans[0].start)


def _listed(text: Folded, taken: Sequence[tuple[int, int]], index: PlaceIndex) -> Iterator[PlaceMatch]:
    """The départements of a list of codes."""
    for match in _LIST.finditer(text.text):
        start, end = match.span("codes")
        is_numbering = _NUMBERING.search(text.text[max(0, start - 20) : start]) is not None
        if is_numbering or any(first < end and start < last for first, last in taken):
            continue
        codes = [(start + code.start(), start + code.end()) for code in _CODE_OF_LIST.finditer(match["codes"])]
        read = [(bounds, _read(text.text[slice(*bounds)], index)) for bounds in codes]
        if all(resolution.via in _CODED for _, resolution in read):
            yield from (place_match(text, *bounds, resolution) for bounds, resolution in read)


def _narrow(text: Folded, places: list[PlaceMatch], match: re.Match[str], is_code: bool, index: PlaceIndex) -> bool:
    """Narrows the place beside the code, or any place of the text that lies in it. Returns whether the code was used."""
    span = text.match_span(match, "code")
    for number, place in enumerate(places):
        is_beside = min(abs(place.spans[-1].end - span.start), abs(span.end - place.spans[0].start)) <= _BESIDE
        if is_beside or is_code:
            narrowed = _narrowed(text, place, match, index)
            places[number] = narrowed or place
            if narrowed is not None or (is_beside and not place.doubtful):
                return True
    return False


def _kind(text: str, match: re.Match[str], free: int) -> str | None:
    """How a code is written; ``None`` when it is none. A post code may follow a number that is read (« lot 15 14220 »), which ends at ``free``."""
    first = free if len(match["code"]) == _POST_CODE else 0
    before, end = text[max(first, match.start() - 20) : match.start()], match.end()
    if _ANNOUNCED.search(before):
        return None if _RANK.match(text, end) else "announced"
    if _BRACKETED.search(before) and text[end : end + 1] == ")":
        return None if _SPELT_OUT.search(before) else "announced"
    if _NUMBERING.search(before) or (len(match["code"]) < _POST_CODE and _COUNTING.search(before)):
        return None
    if _ENDS.match(text, end):
        return "bare"
    opens = _FIRST.search(before) is not None or len(match["code"]) == _POST_CODE
    return "bare" if opens and _SINGULAR.match(text, end) else None


def _coded(text: Folded, match: re.Match[str], index: PlaceIndex) -> PlaceMatch | None:
    resolution = _read(match["code"], index)
    return place_match(text, *match.span("code"), resolution) if resolution.via in _CODED else None


def _read(code: str, index: PlaceIndex) -> Resolution:
    """What a code names. Two figures are always a département: nobody writes the number of a région so."""
    is_departement = code.upper() in index.gazetteer.names["departement"]
    return resolve(typed_id("departement", code.upper()) if is_departement else code, index.gazetteer)


def _is_of(place: PlaceMatch, code: str, index: PlaceIndex) -> bool:
    """Whether a candidate of a place lies in the département of a code. A quick test: reading name and code together costs a
    thousand times more."""
    areas = (
        index.places.departements_of(code)
        if len(code) == _POST_CODE
        else {code.upper(), *(_CORSICA if code == "20" else ())}
    )
    ids = [candidate.id for candidate in place.candidates]
    return any(
        id == f"departement:{area}" or index.gazetteer.get(id).departement == area for id in ids for area in areas
    )


def _narrowed(text: Folded, place: PlaceMatch, match: re.Match[str], index: PlaceIndex) -> PlaceMatch | None:
    """The place completed by its code, which decides among its homonyms; ``None`` when the code fits none of them."""
    if not _is_of(place, match["code"], index):
        return None
    names = (place.text, index.gazetteer.get(place.candidates[0].id).name)  # « au Port (974) » is Le Port
    read = [resolve(f"{name} {match['code']}", index.gazetteer) for name in dict.fromkeys(names)]
    agreed = [resolution for resolution in read if resolution.via in ("name_and_place", "arrondissement")]
    if not agreed:
        return None
    best = next((resolution for resolution in agreed if resolution.territory is not None), agreed[0])
    spans = (*place.spans, text.match_span(match, "code"))
    is_decided = place.territory in {candidate.territory.id for candidate in best.candidates}
    if is_decided and len(match["code"]) < _POST_CODE:  # « en Mayenne (53) »: the preposition has decided
        return place.model_copy(update={"spans": spans})
    return place_match(text, *match.span("code"), best).model_copy(update={"text": place.text, "spans": spans})
