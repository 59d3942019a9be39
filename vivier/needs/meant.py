"""Decides whether a known place name means the place, in its context: « à Vitré » does, « pose de vitre » does not, « rue de
Lyon » is a street.

Names made of words of the tables are the hard cases: Paris (« paris sportifs »), Mâcon, Vitré, Nord, Lot, Le Port. After a word
that announces a place they are places, if the preposition suits them, if they are written as names (capitals, where the text
has any), and if no longer phrase of the tables begins there. Without such a word, the names of large towns may be places: they
are offered, never applied.
"""

from __future__ import annotations

import re
from typing import Literal

from vivier.needs.folded import Folded
from vivier.needs.written import Written
from vivier.territory.names import place_key
from vivier.territory.place_index import PlaceIndex

Verdict = Literal["place", "school", "perhaps", "street", "river", "word"]
"""``school``: a place unless the text names another (« lycée Thiers, Marseille »). ``perhaps``: may be a place, to be offered.
``street``, ``river``: the name of something else. ``word``: not a name."""

QUALIFIERS = frozenset(
    (
        *("departement", "dept", "dpt", "region", "metropole", "agglomeration", "agglo", "communaute", "cc", "ca"),
        *("cu", "pays"),
    )
)
CONTRACTED = re.compile(r"\b(au|aux|du|des) $")
_OF = r"(?: (?:de|du|des|d'|la|le|les|l'))*"
_ANNOUNCING = (
    "a|au|aux|dans|en|vers|pres|autour|proche|proximite|alentours|environs|secteur|ville|villes|commune|communes|mairie"
    "|agglomeration|agglo|metropole|departement|dept|region|canton|prefecture|chu|ch|sdis|ccas|hopital|arrondissement|territoire"
)
# After these a name is a place even when it is also a word of the language (« à Bois », « commune de Fosse »).
_LOCATIVE = re.compile(rf"(?:\b(?:{_ANNOUNCING}){_OF}|\bsur)[ :,(]*(?:l'|la |le |les |d'|de )?$")
_WAY = r"(?:\b(?:av|bl?v?d|boul|pl|ch|chem|rte|imp|all|f(?:b|au)?g|sq|res|pass)\.|\b(?:av|bl?v?d|rte|imp|f(?:b|au)?g|chemin)\b|\d ?(?:bis|ter)?,? (?:pl|ch|all|sq|cours|passage|voie|res)\b|\b(?:rues?|avenues?|boulevards?|quais?|allees?|impasse|residence(?! (?:autonomie|services?|seniors?|universitaire|sociale))|(?<!sur )(?<!en )place|square|(?<!de )route|faubourg|porte|pont|zac|lotissement|cite))"
# « rue de Lyon », « rue Henriette de Lorraine ».
_STREET = re.compile(
    rf"{_WAY}(?:{_OF} ?| (?!commune|ville|centre|bourg|agglo|pres|proche|autour)[\w'-]+ (?:(?!commune|ville|centre|bourg|agglo)[\w'-]+ )?(?:de |du |d'))$"
)
# « église Saint-Martin », « quartier Saint-Pierre »: the name is that of a saint. « église de Croix » is in Croix.
_NAMED_AFTER = re.compile(r"\b(?:eglise|chapelle|basilique|cathedrale|paroisse|quartier|ilot) $")
_SCHOOL = re.compile(r"\b(?:lycee|college|ecole|gymnase|hotel|salle|stade|theatre|campus|piscine|mediatheque)s? $")
_RIVER = re.compile(
    r"\b(?:berges?|rives?|bords?|ripisylves?|digues?|crues?|lit|affluents?|cours d'eau|riviere|fleuve|vallees?|bassin|pont|quais?"
    r"|canal|canaux|barrages?|seuils?|ecluses?|bacs?|passerelle|curage|frayeres?|dessous|dessus|long|traversee|franchissement"
    r"|confluence)\b[^,;:.]*$"
)
# The basin of a water agency is that of rivers: « agence de l'eau Rhin-Meuse » is in no département.
_BASIN = re.compile(r"\bagences? de l'eau (?:(?:rhin|seine|loire|adour|artois|rhone)[- ])?$")
# A common noun comes after these, never the bare name of a town.
_DETERMINED = re.compile(
    r"\b(?:des|les|la|le|un|une|nos|vos|leurs|son|sa|ses|ce|cette|ces|deux|trois|(?<![-\w.])\d{1,4}) $"
)
_ANNOUNCED = re.compile(
    r"\b(?:ville|commune|mairie|agglo|agglomeration|intercommunalite|communaute de communes|com ?com|cc)(?: du pays)? (?:de|d')[ ]?$"
)
_BODY = re.compile(r"\b(?:ville|commune|mairie)s? $")
_OBJECT = re.compile(r" (?:une?|des|les?|la|son|sa|ses)\b| l'")
# « pas cher »: an adjective follows these, never a place.
_COMPARED = re.compile(r"\b(?:pas|peu|moins|tres|trop|plus|assez) $")
# Nobody writes « dans la » before a commune: « dans la citerne » is a tank.
_WITHIN = re.compile(r"\bdans (?:l'|la |le |les )?$")
_OF_AREA = re.compile(r"\b(?:du |des |de la |de l')$")
_OF_WATER = re.compile(rf"{_OF_AREA.pattern}|\bsur (?:le |la |l')$")
_EN = re.compile(r"\ben $")
_SUR = re.compile(r"\bsur $")
_PART_OF_A_CONTRACT = re.compile(r" (?:unique|est|ouest|nord|sud|centre|principal|technique)\b")
# « à marchés subséquents » is no contract of Marches.
_SORT_OF_CONTRACT = re.compile(r" (?:subsequents?|publics?|(?:multi|mono)-?attributaires?)\b")
_ENDS = re.compile(r"(?:[ .)]|\b(?:le|la|les|et|de|du|des|leur)\b)*")
_PART_BEFORE = re.compile(
    r"\b(?:secteurs?|zones?|lots?|batiments?|sites?|ailes?|facades?|quartier|parc|cote|gare|rive|rocade|quai|pole|tour|pan|salles?(?: de)?|et|-|/) ?$"
)
_NEXT = re.compile(r" ([a-z0-9]+)")

BARE_POPULATION = 3_000
"""Inhabitants from which a name without « à » is read as a commune: below, it is more often a common word."""

SIGNED_POPULATION = 1_000
"""Inhabitants from which a name that ends a text, after a comma and with a capital, is read as a commune: « Ravalement, Clamecy »."""

AMBIGUOUS_POPULATION = 20_000
"""Inhabitants from which a name without « à » that several communes bear is read as a place, in a text without capitals."""

LARGE_POPULATION = 8_000
"""Inhabitants from which a name made of words of the tables is a place after « à », and a name of several communes is read as a
place."""

CITY_POPULATION = 100_000
"""Inhabitants from which a name made of words of the tables is a place without « à »: « nettoyage bureaux Paris »."""


def is_of_water(text: Folded, at: int) -> bool:
    """Whether the words before a position speak of water: « bassin versant de la Saire » names a river, not the town of Sare."""
    return _RIVER.search(text.text[max(0, at - 80) : at]) is not None


def verdict(name: Written, index: PlaceIndex) -> Verdict:
    """What the name means in its context."""
    if _STREET.search(name.before) or _NAMED_AFTER.search(name.before):
        return "street" if _is_a_name(name) else "word"
    if _BASIN.search(name.before):
        return "river"
    if name.is_compound:
        return "place"
    if _COMPARED.search(name.before) or (name.is_commune and name.is_tail and not name.listed):
        return "word"
    if _SORT_OF_CONTRACT.match(name.text.text, name.end) or name.has_other_accents:
        return "word"
    if len(name.words) > 1 and name.words[0].group() in QUALIFIERS:
        return "place"
    if name.is_loose and len(name.telling) == 1 and not CONTRACTED.search(name.before):
        return "word"
    if name.is_commune and _WITHIN.search(name.before):
        return "word"
    if name.is_commune and _EN.search(name.before) and name.own_population < AMBIGUOUS_POPULATION:
        return "word"  # « en sus »: one is « en Avignon », never « en Sus »
    if not name.is_commune and _OF_WATER.search(name.before) and _RIVER.search(name.before):
        return "river" if name.has_capitals else "word"
    if name.is_of_the_tables:
        return _of_the_tables(name, index)
    if name.listed or name.has_code or (_LOCATIVE.search(name.before) and not _is_common_noun(name)):
        return "place"
    return _alone(name, index)


def _is_common_noun(name: Written) -> bool:
    """Whether a name in small letters is a common noun. « à la montagne » is not a town in a text that has capitals; « à la
    rochelle » still is. « la ville lance un marché » is a verb, not Lancé."""
    if _BODY.search(name.before) and _OBJECT.match(name.text.text, name.end):
        return True
    is_small_lettered = name.text.has_both_cases and not name.has_capitals
    return name.is_commune and name.has_article and is_small_lettered and name.own_population < AMBIGUOUS_POPULATION


def _is_a_name(name: Written) -> bool:
    """Whether the reader should learn that the name is not read as a place: « rue de Lyon » is reported, « avenue du pont » not."""
    is_written = name.has_capitals or name.own_population >= AMBIGUOUS_POPULATION
    return is_written and not name.is_loose and not name.is_of_the_tables and name.own_population >= BARE_POPULATION


def _alone(name: Written, index: PlaceIndex) -> Verdict:
    """The verdict on a name that no word announces as a place: « nettoyage Lyon », « bureaux des Landes », « école Metz »."""
    if _DETERMINED.search(name.before):
        if not _is_of_area(name) and not _is_contracted(name):
            return "word"
        if not name.has_capitals and len(name.telling) == 1:
            return "perhaps"  # « de la creuse », « des lilas » of a text without capitals
    if not name.is_commune and len(name.telling) == 1 and name.is_of_something:
        return "word"
    is_area = not name.is_commune or (name.is_whole and place_key(name.written) in index.areas)
    if _SCHOOL.search(name.before):
        return "school" if is_area or name.own_population >= LARGE_POPULATION else "word"
    if (
        is_area
        or _is_heard(name)
        or (name.begins_the_text and name.has_capitals)
        or (name.has_capitals and len(name.telling) > 1 and name.resolution.territory is not None)
        or (name.ends_the_text and name.has_capitals and name.own_population >= SIGNED_POPULATION)
    ):
        return "place"
    return "perhaps" if _may_be_called_so(name) else "word"


def _is_heard(name: Written) -> bool:
    """Whether the town is large enough for a bare name to mean it."""
    if name.resolution.territory is not None:
        return name.population >= BARE_POPULATION
    return name.own_population >= (LARGE_POPULATION if name.has_capitals else AMBIGUOUS_POPULATION)


def _may_be_called_so(name: Written) -> bool:
    """Whether a name may mean one of several towns that bear it, in a text of one case, or a city whose name begins so
    (« Neuilly »)."""
    is_large = name.own_population >= LARGE_POPULATION and name.is_caseless
    return is_large or (name.population >= AMBIGUOUS_POPULATION and CONTRACTED.search(name.before) is None)


def _is_contracted(name: Written) -> bool:
    """Whether the article of the name is contracted: « des Pennes-Mirabeau » for Les Pennes-Mirabeau, « du Luc »."""
    is_large = name.own_population >= LARGE_POPULATION and (name.has_capitals or name.is_caseless)
    return is_large and name.is_loose and CONTRACTED.search(name.before) is not None


def _is_of_area(name: Written) -> bool:
    """Whether the name is that of an area after an article: « des Landes », « du Lot », « de la Creuse ». Capitals distinguish them
    from heaths, lots and hollows."""
    is_written = name.has_capitals or name.is_caseless
    return not name.is_commune and is_written and _OF_AREA.search(name.before) is not None


def _of_the_tables(name: Written, index: PlaceIndex) -> Verdict:
    if _begins_a_phrase(name, index):
        return "word"
    if _is_announced(name):
        return "place"
    return "perhaps" if _may_be(name) else "word"


def _may_be(name: Written) -> bool:
    """Whether a name made of words of the tables may be a place: it is written as a name, and that of a large town or an area
    (« Lot nettoyage », « Salles nettoyage », « nettoyage des bureaux du Port »)."""
    is_large = name.own_population >= (LARGE_POPULATION if name.is_commune else 1)
    if name.is_caseless:
        is_part = name.before.endswith("secteur ")  # « secteur nord » of a town
        is_area = not name.is_commune and _LOCATIVE.search(name.before) is not None and not is_part
        return is_large and (is_area or _SCHOOL.search(name.before) is not None)
    if not name.is_commune and len(name.telling) == 1 and not _opens(name):
        return False
    is_determined = _DETERMINED.search(name.before) is not None and not _is_contracted(name)
    return is_large and name.has_capitals and name.begins_with_a_capital and not is_determined


def _opens(name: Written) -> bool:
    """Whether a name may begin a text or a clause as a place, or end the text: « Lot nettoyage », « école Nord », « nettoyage Réunion ». « Lot
    unique », « Lot Ouest », « secteur Nord » number the parts of a contract."""
    is_last = _ENDS.fullmatch(name.text.text, name.end) is not None and not _PART_BEFORE.search(name.before)
    is_first = name.start == 0 or _SCHOOL.search(name.before) is not None
    return (is_first or is_last) and not _PART_OF_A_CONTRACT.match(name.text.text, name.end)


def _begins_a_phrase(name: Written, index: PlaceIndex) -> bool:
    """Whether a phrase of the tables begins with the name (« paris sportifs »), or the name goes on (« Nord Isère », « lot 3 »)."""
    if name.tables.phrase_at(name.text.text, name.telling[0].start()):
        return True
    if name.goes_on and len(name.telling) == 1 and not (_is_city(name) or name.has_departement):
        return True
    following = _NEXT.match(name.text.text, name.end)
    return not name.is_commune and following is not None and place_key(following[1]) in index.areas


def _is_announced(name: Written) -> bool:
    """Whether the words before a name, which is also made of words of the tables, announce a place."""
    if _ANNOUNCED.search(name.before):
        return True
    if name.resolution.together and name.has_capitals:
        return True  # « à La Défense »: several territories of a name of ours
    if name.own_population < (LARGE_POPULATION if name.is_commune else 1):
        return name.has_capitals and _is_small_town(name)
    if name.listed or _LOCATIVE.search(name.before):
        return _suits(name)
    if not name.is_commune and name.ends_the_text:
        return name.has_capitals or name.is_caseless  # « nettoyage de locaux, Nord »
    is_whole = name.is_whole or (name.is_caseless and len(name.telling) > 1 and not name.is_commune)
    return (
        is_whole or (name.has_capitals and _is_of_area(name)) or _is_city(name) or (name.has_capitals and name.has_code)
    )


def _is_small_town(name: Written) -> bool:
    """Whether a name is that of a small town, written as a name in a text that has both cases: « à Mer », « Salles (79) »."""
    after_a = name.listed or _LOCATIVE.search(name.before) is not None
    is_named = after_a and _suits(name) and not name.has_article and name.own_population >= BARE_POPULATION
    return name.has_code or is_named


def _is_city(name: Written) -> bool:
    """Whether a name is that of a city (« nettoyage bureaux Paris »), which it means more often than anything else."""
    return name.is_commune and name.own_population >= CITY_POPULATION and not name.has_article


def _suits(name: Written) -> bool:
    """Whether the preposition suits the place: « à Salles » a town, « en Côte-d'Or » a département. After an article, a capital
    distinguishes « au Port » from « au port »."""
    if _EN.search(name.before) and (
        name.is_commune or (len(name.telling) == 1 and not (name.has_capitals or name.is_caseless))
    ):
        return False  # « en réunion »
    if name.is_commune and _SUR.search(name.before):
        return name.has_capitals
    if name.has_article:
        small_letters = name.text.source.islower() and not name.is_commune
        return name.has_capitals or small_letters or len(name.telling) > 1
    is_after_town = name.listed and name.has_capitals and name.before.rstrip().endswith((",", "("))  # « Croix, Nord »
    is_area = _EN.search(name.before) is not None or is_after_town
    return name.is_commune or len(name.telling) > 1 or is_area
