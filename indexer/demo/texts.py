"""French sentences for what the fictitious suppliers say of themselves. All of them were written for this file."""

from __future__ import annotations

OPENING = "Structure fictive de démonstration."

TRADE_SENTENCES = (
    "Métier principal : {trade}.",
    "Nous intervenons d'abord en {trade}.",
    "Notre savoir-faire : {trade}.",
    "Activité proposée aux acheteurs publics : {trade}.",
    "L'équipe s'est spécialisée en {trade}.",
)
OTHER_TRADE_SENTENCES = ("Autre activité : {trade}.", "Nous proposons aussi : {trade}.", "En complément : {trade}.")
WORD_SENTENCES = (
    "Au quotidien : {words}.",
    "Demandes fréquentes : {words}.",
    "Exemples de prestations : {words}.",
    "On nous appelle pour : {words}.",
)
PLACE_SENTENCES = (
    "L'atelier se trouve {town}.",
    "Le siège est {town} depuis l'origine.",
    "Installée {town}, la structure travaille avec les communes voisines.",
    "Nos locaux {town} accueillent les visites sur rendez-vous.",
)
KIND_SENTENCES: dict[str, tuple[str, ...]] = {
    "ESAT": (
        "Des travailleurs en situation de handicap y exercent une activité professionnelle accompagnée.",
        "Chaque travailleur handicapé y suit un parcours construit avec un moniteur d'atelier.",
    ),
    "EA": (
        "Plus de la moitié des salariés de production sont en situation de handicap.",
        "Les postes y sont adaptés à chaque salarié handicapé, avec un encadrement de proximité.",
    ),
    "EATT": ("Des intérimaires en situation de handicap sont délégués et suivis pendant leurs missions.",),
    "EI": (
        "Les salariés en parcours y produisent dans les conditions du marché, avec un accompagnement social.",
        "L'entreprise recrute des personnes éloignées de l'emploi et les forme sur le poste de travail.",
    ),
    "ACI": (
        "Le chantier accueille des personnes sans emploi depuis longtemps, encadrées par des professionnels.",
        "Les salariés polyvalents apprennent un métier sur des chantiers utiles au territoire.",
    ),
    "AI": ("Des demandeurs d'emploi sont mis à disposition à l'heure, à la journée ou pour un remplacement.",),
    "ETTI": (
        "Des intérimaires en insertion sont délégués auprès d'entreprises et de collectivités.",
        "L'agence prépare les candidats, les délègue et fait le point avec l'utilisateur après la mission.",
    ),
    "EITI": ("Des travailleurs indépendants sont mis en relation avec des clients et accompagnés dans la durée.",),
    "GEIQ": ("Les entreprises adhérentes embauchent en alternance des personnes qui changent de métier.",),
    "EAMP": ("Des personnes détenues en situation de handicap y travaillent sur des postes adaptés.",),
    "SEP": ("La production est réalisée en détention par des opérateurs formés avant leur sortie.",),
    "ESS": ("La gouvernance est démocratique et les excédents sont réinvestis dans le projet.",),
}
COMMITMENT_SENTENCES = (
    "Un devis est remis sous huit jours.",
    "Un référent unique suit chaque marché.",
    "Les consignes de sécurité sont rappelées avant chaque intervention.",
    "Nous répondons aux lots réservés et aux marchés avec clause sociale.",
    "Un essai gratuit est possible avant tout engagement.",
    "Le bilan des heures d'insertion est remis chaque trimestre.",
    "Petites séries et commandes urgentes sont étudiées.",
    "Nos tournées sont groupées pour limiter les kilomètres.",
    "Le matériel est entretenu sur place.",
    "Les horaires s'adaptent à l'ouverture des sites au public.",
    "Nous travaillons volontiers en groupement avec d'autres structures.",
    "Une visite du site précède chaque proposition.",
)

ANY_TRADE_SENTENCES = (
    "Pour {trade}, un encadrant technique diplômé reste sur place du début à la fin.",
    "L'équipe dédiée ({trade}) compte des salariés confirmés et des débutants.",
    "Matériel et consommables sont compris dans nos prix : {trade}.",
)
GROUP_SENTENCES: dict[str, tuple[str, ...]] = {
    "espaces-verts": (
        "Tonte, taille et plantations sont menées sans produit phytosanitaire, avec du matériel sur batterie.",
        "Les équipes entretiennent parcs communaux, abords d'écoles et résidences.",
        "Nous restaurons haies, mares et sentiers dans le respect des périodes de nidification.",
        "Les déchets verts sont broyés sur place et rendus au sol en paillage.",
    ),
    "proprete": (
        "Bureaux, écoles et salles des fêtes sont entretenus tôt le matin ou en journée.",
        "Les sols sont traités à la vapeur ou avec des produits écolabellisés.",
        "Nous remettons en état les logements et les fins de chantier, vitres comprises.",
        "Un cahier de passage et un contrôle mensuel suivent la qualité du nettoyage.",
    ),
    "dechets": (
        "Nous collectons cartons, papiers et métaux, puis les trions avant de les remettre aux filières.",
        "Un bordereau de suivi accompagne chaque enlèvement.",
        "Les gardiens orientent les usagers et tiennent propres les quais.",
        "Biodéchets de cantine et encombrants sont enlevés selon une tournée fixe.",
    ),
    "recyclage": (
        "Objets et meubles donnés sont réparés, contrôlés, puis vendus à petit prix.",
        "Les appareils hors d'usage sont démontés pour en tirer pièces et matières.",
        "Textiles et livres retrouvent une seconde vie en boutique solidaire.",
        "Les ordinateurs sont effacés, remis en service et livrés avec une garantie d'un an.",
    ),
    "second-oeuvre": (
        "Peinture, sols et petites menuiseries sont repris en site occupé, pièce par pièce.",
        "L'équipe rénove logements sociaux, classes et bureaux avec un chef de chantier diplômé.",
        "Nous posons cloisons, faux plafonds et isolants biosourcés.",
        "Un carnet de finitions est signé avec le client à la réception des travaux.",
    ),
    "gros-oeuvre-tp": (
        "Murets, dalles et petites maçonneries sont réalisés à la chaux ou au ciment.",
        "Nous curons les bâtiments avant démolition et trions les gravats.",
        "Trottoirs, bordures et clôtures sont repris par une équipe habilitée.",
        "Le patrimoine bâti ancien est restauré avec des pierres du pays.",
    ),
    "energie": (
        "Les logements sont isolés, ventilés et chauffés selon un plan de travaux chiffré.",
        "Nous posons capteurs solaires et chaudières à granulés, puis en assurons l'entretien.",
        "Un relevé de consommation est fait avant et après les travaux.",
        "Le conseil porte d'abord sur la sobriété, ensuite sur les équipements.",
    ),
    "restauration": (
        "Buffets, cocktails et plateaux sont cuisinés avec des produits de saison.",
        "La vaisselle est réutilisable et les restes sont donnés ou compostés.",
        "Repas livrés chauds ou froids pour réunions, crèches et clubs d'aînés.",
        "Les menus sans viande et sans allergène sont proposés sans supplément.",
    ),
    "agriculture-alimentation": (
        "Les légumes sont cultivés en plein champ et sous serre, puis livrés en paniers chaque semaine.",
        "Miel, volailles et fruits sont vendus aux cantines du territoire.",
        "Une légumerie épluche et met sous vide pour les cuisines centrales.",
        "Plants, fleurs et arbustes sont élevés sans tourbe dans nos serres.",
    ),
    "textile": (
        "Draps, tenues et serviettes sont lavés, repassés et rendus sous housse.",
        "L'atelier coud sacs, tabliers et rideaux en petites séries.",
        "Le linge des résidences est marqué et suivi pièce par pièce.",
        "Retouches et reprises prolongent la vie des vêtements de travail.",
    ),
    "industrie": (
        "Assemblage, câblage et contrôle sont réalisés sur des postes ergonomiques.",
        "Nous conditionnons sous film, en coffret ou en vrac, avec traçabilité des lots.",
        "Pliage, soudure et perçage complètent l'atelier de métallerie.",
        "Les gammes opératoires sont illustrées pour que chacun tienne plusieurs postes.",
    ),
    "logistique-transport": (
        "Nous stockons, préparons et expédions des colis pour de petites collectivités.",
        "Les bureaux sont déménagés le soir ou la fin de semaine, cartons fournis.",
        "Le dernier kilomètre est fait à vélo cargo ou en utilitaire électrique.",
        "Des navettes conduisent les personnes vers l'emploi, les soins et les courses.",
    ),
    "vehicules-cycles": (
        "Voitures et utilitaires sont révisés avec des pièces d'occasion contrôlées.",
        "Vélos de service et trottinettes sont réparés sur site, avec prêt pendant la panne.",
        "L'atelier mécanique entretient tondeuses et petits engins communaux.",
        "Les habitants apprennent la réparation de cycles dans un atelier participatif.",
    ),
    "communication": (
        "Affiches, brochures et panneaux sont imprimés sur papier recyclé avec des encres végétales.",
        "Le studio dessine logos, plans et signalétique accessibles.",
        "Nous montons stands et scènes, puis rangeons et trions.",
        "Les objets publicitaires sont choisis utiles, réparables et fabriqués près d'ici.",
    ),
    "administratif": (
        "Mise sous pli, saisie et numérisation sont faites dans des locaux sécurisés.",
        "Archives et dossiers sont classés, indexés et restitués au format demandé.",
        "L'accueil téléphonique couvre les heures de bureau et les débordements.",
        "La confidentialité est garantie par un engagement signé de chaque agent.",
    ),
    "numerique": (
        "Les postes de travail sont installés, mis à jour et dépannés sur place ou à distance.",
        "Sites et applications sont développés puis testés avec des lecteurs d'écran.",
        "Des médiateurs aident les habitants à faire leurs démarches en ligne.",
        "Nos données sont hébergées en France et sauvegardées chaque nuit.",
    ),
    "mobilier-artisanat": (
        "Tables, bancs et rayonnages sont fabriqués sur mesure en bois français.",
        "Fauteuils et chaises sont regarnis dans les règles du métier.",
        "Palettes et caisses sont réparées ou montées à la demande.",
        "Céramiques, reliures et pierres taillées sortent d'un atelier de trois artisans.",
    ),
    "maintenance": (
        "Les équipements sont vérifiés selon un calendrier, avec rapport et photos.",
        "Petits appareils et machines sont dépannés plutôt que remplacés.",
        "Les jeux d'enfants et agrès sont contrôlés, resserrés et repeints.",
        "Le matériel médical est nettoyé, révisé et rendu sous scellé.",
    ),
    "culture-loisirs-tourisme": (
        "Visites guidées, spectacles et ateliers s'adressent à tous les publics.",
        "Le gîte reçoit des classes et des séminaires, draps et repas compris.",
        "Les animateurs interviennent sur les temps périscolaires et pendant les vacances.",
        "Une ludothèque itinérante passe de village en village.",
    ),
    "social-sante": (
        "Des intervenants aident à domicile : ménage, repas, courses et sorties.",
        "L'accompagnement est préparé avec la personne et sa famille.",
        "Une crèche accueille les enfants à horaires élargis.",
        "Le service écoute, oriente et suit les personnes isolées.",
    ),
    "securite-mediation": (
        "Des médiateurs sont présents dans les quartiers, les gares et aux abords des collèges.",
        "Les agents surveillent les sites la nuit et rendent compte de chaque ronde.",
        "Extincteurs et alarmes sont contrôlés une fois par an.",
        "Les conflits d'usage sont apaisés avant d'en venir à la sanction.",
    ),
    "conseil-formation": (
        "Formations courtes, bilans et ateliers mènent vers l'emploi.",
        "Nous étudions les besoins, menons l'enquête et rédigeons des recommandations courtes.",
        "Le recrutement de remplaçants est assuré avec un suivi pendant la mission.",
        "Traductions et interprétariat couvrent une dizaine de langues.",
    ),
}

NETWORKS: dict[str, tuple[str, ...]] = {
    "handicap": ("Réseau Passerelles adaptées (fictif)", "Union des ateliers du Levant (fictif)"),
    "IAE": (
        "Fédération des Chemins d'insertion (fictif)",
        "Réseau Cap Territoire (fictif)",
        "Les Régies unies (fictif)",
    ),
    "emploi": ("Alliance des groupements qualifiants (fictif)",),
    "prison": ("Collectif Travail et sortie (fictif)",),
    "ess": ("Cercle des coopératives rieuses (fictif)", "Réseau Économie partagée (fictif)"),
}
"""Invented networks by family of kinds."""

CLIENTS = (
    "Ville de {word} (fictif)",
    "Communauté de communes de {word} (fictif)",
    "Centre hospitalier de {word} (fictif)",
    "Lycée {word} (fictif)",
    "Office de l'habitat de {word} (fictif)",
    "Syndicat des eaux de {word} (fictif)",
    "Université de {word} (fictif)",
    "Résidence autonomie {word} (fictif)",
)


def at_town(town: str) -> str:
    """« à Rennes », « au Mans », « aux Ulis »."""
    if town.startswith("Le "):
        return f"au {town[3:]}"
    return f"aux {town[4:]}" if town.startswith("Les ") else f"à {town}"
