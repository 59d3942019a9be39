"""Names that sound right and are invented: made-up words, and « (fictif) » at the end of every legal name."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.demo.dice import Dice
from vivier.identity import fold

MARK = "(fictif)"

# Words begin with a consonant, so that « de » is never elided.
_HEADS = (
    "Brum Clair Val Font Roch Bell Sol Mar Chant Fleur Vert Bois Plain Frên Till Ronc Gren Mont Perl Lun Cér Dor Fauv"
    " Givr Jonqu Laur Muss Noir Pall Quint Ros Sarr Tourn Vign Ventr Bruy Cal Corm Dru Ferr Gal Jall Lav Lim Mél Nog"
    " Pann Ram Sauv Trév Vaud Varc Ziv Blav Cres Drav Flor Gland Prim Bast"
)
_MIDDLES = ("e", "o", "a", "i", "ou", "an", "ar", "el")
_TAILS = (
    "brume lande vigne mont val roche clos pré bois font garde velle sère nay mare tour champ rive plaine combe dune"
    " faye gève joux lac merle neuve pont quère rande seine tille vaux ville zan croix borde cève dray fosse lune"
)

KIND_FORMS: dict[str, tuple[str, ...]] = {
    "ESAT": ("ESAT {w}", "ESAT de {w}", "ESAT Les Ateliers de {w}", "Esat Le Clos {w}", "ESAT Foyer de {w}"),
    "EA": ("{w} Entreprise adaptée", "EA {w}", "Ateliers adaptés de {w}", "Les Adaptés de {w}"),
    "EATT": ("{w} Intérim adapté", "EATT {w}"),
    "EI": ("{w} Insertion", "EI {w}", "SCIC {w}", "SARL {w} Services", "{w} Solidaire"),
    "ACI": ("Chantier de {w}", "Association {w}", "Atelier et chantier de {w}", "Les Chantiers {w}", "Régie de {w}"),
    "AI": ("Association intermédiaire {w}", "{w} Emploi", "{w} Services Emploi", "Relais {w}"),
    "ETTI": ("{w} Intérim", "{w} Intérim insertion", "ETTI {w}"),
    "EITI": ("{w} Indépendants", "Coopérative d'indépendants {w}"),
    "GEIQ": ("GEIQ {w}", "GEIQ Métiers de {w}", "Groupement d'employeurs {w}"),
    "EAMP": ("{w} Adapté en détention", "EAMP {w}"),
    "SEP": ("Atelier pénitentiaire de {w}", "Régie industrielle {w}"),
    "ESS": ("Coopérative {w}", "SCOP {w}", "Association {w} Ensemble", "Mutuelle {w}", "Fondation {w}"),
}
GROUP_FORMS: dict[str, tuple[str, ...]] = {
    "espaces-verts": ("{w} Paysages", "Les Jardins de {w}", "{w} Espaces verts", "Nature et {w}"),
    "proprete": ("{w} Propreté", "Net {w}", "{w} Nettoyage"),
    "dechets": ("{w} Collecte", "Tri {w}", "{w} Environnement"),
    "recyclage": ("Ressourcerie de {w}", "Recyclerie {w}", "{w} Réemploi"),
    "second-oeuvre": ("{w} Bâtiment", "Les Compagnons de {w}", "{w} Rénovation"),
    "gros-oeuvre-tp": ("{w} Travaux publics", "Chantiers {w} Bâtisseurs", "{w} Construction"),
    "energie": ("{w} Énergie", "Éco-habitat {w}", "{w} Chaleur et soleil"),
    "restauration": ("La Table de {w}", "{w} Traiteur", "Les Cuisines de {w}"),
    "agriculture-alimentation": ("Le Potager de {w}", "Les Maraîchers de {w}", "La Ferme de {w}"),
    "textile": ("La Blanchisserie de {w}", "{w} Couture", "Le Fil de {w}"),
    "industrie": ("{w} Industrie", "{w} Sous-traitance", "Les Établis de {w}"),
    "logistique-transport": ("{w} Logistique", "{w} Transport solidaire", "Les Déménageurs de {w}"),
    "vehicules-cycles": ("Le Garage de {w}", "{w} Cycles", "Vélo {w}"),
    "communication": ("Imprimerie {w}", "{w} Impression", "Studio {w}"),
    "administratif": ("{w} Bureautique", "{w} Numérisation", "Secrétariat {w}"),
    "numerique": ("{w} Numérique", "{w} Informatique", "Les Codeurs de {w}"),
    "mobilier-artisanat": ("L'Ébénisterie de {w}", "{w} Mobilier", "Les Artisans de {w}"),
    "maintenance": ("{w} Maintenance", "{w} Réparation"),
    "culture-loisirs-tourisme": ("La Scène de {w}", "{w} Loisirs", "Les Gîtes de {w}"),
    "social-sante": ("{w} Accompagnement", "{w} Domicile", "Entraide {w}"),
    "securite-mediation": ("{w} Médiation", "{w} Prévention", "{w} Sécurité"),
    "conseil-formation": ("{w} Formation", "{w} Conseil", "L'École de {w}"),
}
SMALL_WORDS = frozenset({"DE", "LA", "LE", "LES", "ET", "D", "L", "EN", "DU", "DES"})


class Names:
    """Made-up words without repetition, and names built on them."""

    def __init__(self, dice: Dice, real_places: Iterable[str]) -> None:
        self._dice = dice
        taken = {name.replace("-", "").casefold() for name in real_places}
        words = [head + middle + tail for tail in _TAILS.split() for middle in _MIDDLES for head in _HEADS.split()]
        self._words = dice.some([word for word in words if word.casefold() not in taken], len(words))

    def word(self, number: int) -> str:
        """The word of supplier ``number``; beyond the list, two words, still without repetition."""
        turn, place = divmod(number, len(self._words))
        word = self._words[place]
        return word if turn == 0 else f"{word} {self._words[(place + turn) % len(self._words)]}"

    def legal(self, word: str, kind: str, group: str | None) -> str:
        """The legal name, in capitals one time in three as in the official lists."""
        forms = KIND_FORMS[kind] if group is None or self._dice.chance(0.55) else GROUP_FORMS[group]
        name = f"{self._dice.pick(forms).format(w=word)} {MARK}"
        return name.upper() if self._dice.chance(0.33) else name

    def brand(self, word: str, group: str | None) -> str | None:
        """A trade name, two times in five where the trade is known."""
        if group is None or not self._dice.chance(0.4):
            return None
        return self._dice.pick(GROUP_FORMS[group]).format(w=word)

    def acronym(self, name: str) -> str | None:
        """The initials of a long name, one time in three."""
        if not self._dice.chance(0.33):
            return None
        words = [word for word in fold(name).split()[:-1] if word not in SMALL_WORDS]  # the last word is the mark
        return "".join(word[0] for word in words) if len(words) > 2 else None
