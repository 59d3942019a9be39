"""Facts that no package gives, written by us: régions before 2016, NUTS codes before 2016, CPV that may be reserved."""

from __future__ import annotations

# The 22 metropolitan régions before 1 January 2016 (law 2015-29): INSEE code, name, région of today, départements.
OLD_REGIONS = (
    ("11", "Île-de-France", "11", "75 77 78 91 92 93 94 95"),
    ("21", "Champagne-Ardenne", "44", "08 10 51 52"),
    ("22", "Picardie", "32", "02 60 80"),
    ("23", "Haute-Normandie", "28", "27 76"),
    ("24", "Centre", "24", "18 28 36 37 41 45"),
    ("25", "Basse-Normandie", "28", "14 50 61"),
    ("26", "Bourgogne", "27", "21 58 71 89"),
    ("31", "Nord-Pas-de-Calais", "32", "59 62"),
    ("41", "Lorraine", "44", "54 55 57 88"),
    ("42", "Alsace", "44", "67 68"),
    ("43", "Franche-Comté", "27", "25 39 70 90"),
    ("52", "Pays de la Loire", "52", "44 49 53 72 85"),
    ("53", "Bretagne", "53", "22 29 35 56"),
    ("54", "Poitou-Charentes", "75", "16 17 79 86"),
    ("72", "Aquitaine", "75", "24 33 40 47 64"),
    ("73", "Midi-Pyrénées", "76", "09 12 31 32 46 65 81 82"),
    ("74", "Limousin", "75", "19 23 87"),
    ("82", "Rhône-Alpes", "84", "01 07 26 38 42 69 73 74"),
    ("83", "Auvergne", "84", "03 15 43 63"),
    ("91", "Languedoc-Roussillon", "76", "11 30 34 48 66"),
    ("93", "Provence-Alpes-Côte d'Azur", "93", "04 05 06 13 83 84"),
    ("94", "Corse", "94", "2A 2B"),
)

# NUTS 2010 level 2 and the départements of its level 3 in order: FR52 + 3 = FR523 = Ille-et-Vilaine.
# Overseas codes end in 0 at level 3 (FR910); Mayotte came with NUTS 2013 (FRA5, FRA50), with FRA1..FRA4 for the others.
NUTS_2010 = {
    "FR10": "75 77 78 91 92 93 94 95",
    "FR21": "08 10 51 52",
    "FR22": "02 60 80",
    "FR23": "27 76",
    "FR24": "18 28 36 37 41 45",
    "FR25": "14 50 61",
    "FR26": "21 58 71 89",
    "FR30": "59 62",
    "FR41": "54 55 57 88",
    "FR42": "67 68",
    "FR43": "25 39 70 90",
    "FR51": "44 49 53 72 85",
    "FR52": "22 29 35 56",
    "FR53": "16 17 79 86",
    "FR61": "24 33 40 47 64",
    "FR62": "09 12 31 32 46 65 81 82",
    "FR63": "19 23 87",
    "FR71": "01 07 26 38 42 69 73 74",
    "FR72": "03 15 43 63",
    "FR81": "11 30 34 48 66",
    "FR82": "04 05 06 13 83 84",
    "FR83": "2A 2B",
}
NUTS_2010_OVERSEAS = {
    "FR91": "971",
    "FR92": "972",
    "FR93": "973",
    "FR94": "974",
    "FRA1": "971",
    "FRA2": "972",
    "FRA3": "973",
    "FRA4": "974",
    "FRA5": "976",
}

# Directive 2014/24 art. 77 (L2113-15, R2113-8): list from general knowledge, unverified; show "à vérifier".
RESERVABLE_CPV = (
    *("75121000", "75122000", "75123000", "79622000", "79624000", "79625000", "80110000", "80300000", "80420000"),
    *("80430000", "80511000", "80520000", "80590000", "92500000", "92600000", "98133000", "98133110"),
)
RESERVABLE_CPV_RANGE = ("85000000", "85323000")

COLLECTIVITIES = (("200094332", "departement", "Collectivité européenne d'Alsace", "region:44"),)
"""Collectivities that no package lists: SIREN, category, name, seat. Alsace took the place of two départements on 1 January 2021;
its number is from general knowledge, its check digit is right. It is in two départements, so that its seat is told as the région."""
