"""Clauses of the house: every template is whole, measurable and founded; figures of a lot fill it; excerpts of notices say whose they are."""

from __future__ import annotations

import itertools
import re
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient

from tests.search_api.pages.demo import demonstration
from vivier.clausier.query import ClauseQuery
from vivier.clausier.table import STAGES, clauses_of, parts, trade_clauses
from vivier.clausier.wording import CONCESSION, NO_HOURS, WHAT, Clause, LotFigures, clauses_for, labels_in
from vivier.desk.consultation import plan_of
from vivier.desk.read.need_value import need_values
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.errors import NotFound
from vivier.identity import words_of
from vivier.law.articles import ARTICLES, RESERVING
from vivier.law.labels import LABELS
from vivier.law.products import product_duties
from vivier.law.rules import owed
from vivier.lexicon import Lexicon

DAY, LAW_BEFORE = date(2026, 11, 30), date(2026, 8, 1)
FIGURES = LotFigures("Marché d'essai", 162.4, 108.3, 24, date(2027, 3, 15), 30)
UNKNOWN = LotFigures()


def written(clause: Clause) -> dict[str, str]:
    return {part.title: part.text for part in clause.paragraphs}


def every_clause(lexicon: Lexicon, figures: LotFigures = FIGURES) -> list[Clause]:
    return [clause for code in trade_clauses() for clause in clauses_for(code, figures, lexicon)]


def test_twenty_five_trades_have_both_kinds(lexicon: Lexicon) -> None:
    made = every_clause(lexicon)
    for kind in ("social", "environmental"):
        assert len({clause.trade for clause in made if (clause.kind, clause.use) == (kind, "condition")}) >= 25
    assert all(code in lexicon.trades for code in trade_clauses())


@pytest.mark.parametrize("figures", [FIGURES, UNKNOWN], ids=["known", "unknown"])
def test_no_template_has_an_unfilled_field(lexicon: Lexicon, figures: LotFigures) -> None:
    for clause in every_clause(lexicon, figures):
        for _, title, text, _ in clause.paragraphs:
            assert not re.search(r"[{}\[\]]|\bNone\b|\.\.|  ", title + text), text
            assert text[0].isupper() and text.endswith("."), text


def test_every_label_named_is_in_the_table_and_open_to_an_equivalent(lexicon: Lexicon) -> None:
    raw = [text for one in trade_clauses().values() for text in (*one.requirements, one.criterion, one.tasks)]
    named = {code for text in raw for code in labels_in(text)}
    assert named and named <= LABELS.keys()
    for clause in every_clause(lexicon):
        for _, _, text, _ in clause.paragraphs:
            for code in clause.labels:
                for sentence in re.split(r"(?<=[.;]) ", text):
                    assert LABELS[code].name not in sentence or "ou équivalent" in sentence, sentence


def test_conditions_and_criteria_are_linked_to_the_object(lexicon: Lexicon) -> None:
    for clause in every_clause(lexicon):
        name = lexicon.trades.get(clause.trade).name
        text = " ".join(worded for _, _, worded, _ in clause.paragraphs).replace("\xa0", " ")
        assert f"prestations de « {name} »" in text, (clause.trade, clause.kind, clause.use)


def test_environmental_requirements_are_several_and_measurable() -> None:
    for one in trade_clauses().values():
        assert len(one.requirements) >= 4, one.trade
        assert sum(bool(re.search(r"\d", text)) for text in one.requirements) >= 2, one.trade
        assert re.search(
            r"chiffr|prouv|publi|part|nombre|durée|taux|projetée|note de calcul|crédible", one.criterion
        ), one.trade


def test_no_requirement_prefers_a_place_or_a_country() -> None:
    place = re.compile(
        r"fran[çc]ais|\bloca(?:l|le|ux)\b|national|région(?!\s+biogéographique)|à moins de \d+ km", re.IGNORECASE
    )
    allowed = ("locaux", "origine locale", "local de tri")
    for one in trade_clauses().values():
        for text in (*one.requirements, one.criterion):
            for word in allowed:
                text = text.replace(word, "")
            assert not place.search(text), text


def test_every_article_is_in_the_table_for_contracts_and_concessions(lexicon: Lexicon) -> None:
    assert {part.article for part in parts()} <= ARTICLES.keys()
    concession = LotFigures("Concession d'essai", concession=True)
    assert (
        {clause.article for clause in every_clause(lexicon, concession)} <= set(CONCESSION.values()) <= ARTICLES.keys()
    )


def test_figures_of_the_lot_are_in_the_clause(lexicon: Lexicon) -> None:
    social = clauses_for("nettoyage-locaux", FIGURES, lexicon)[0]
    worded = written(social)
    assert "au moins 162 heures" in worded["Obligation"] and "24 mois" in worded["Obligation"]
    assert "15/03/2027" in worded["Obligation"] and "108,3 heures" in worded["Obligation"]
    assert "«\xa0Marché d'essai\xa0»" in worded["Objet"] and "60\u202f€" in worded["Pénalités"].replace(
        "\xa0", "\u202f"
    )


@pytest.mark.parametrize(
    ("article", "concession", "whom", "workers"),
    [
        ("L2113-12", False, "ESAT", "de travailleurs handicapés"),
        ("L2113-13", False, "insertion par l'activité économique", "de travailleurs défavorisés"),
        ("L2113-14", False, "ESAT, les structures d'insertion", "handicapés ou défavorisés"),
        ("L3113-1", True, "ESAT", "de travailleurs handicapés"),
    ],
)
def test_a_reservation_is_worded_for_the_notice_the_rules_and_the_proof(
    article: str, concession: bool, whom: str, workers: str, lexicon: Lexicon
) -> None:
    asked = LotFigures("Marché d'essai", concession=concession, reserving=article)
    (made,) = (clause for clause in clauses_for("nettoyage-locaux", asked, lexicon) if clause.use == "reservation")
    worded = written(made)
    assert made.article == article and f"l'article {article}" in worded["Avis de marché"]
    assert whom in worded["Avis de marché"] and workers in worded["Règlement de la consultation"]
    assert (
        "la moitié" in worded["Règlement de la consultation"]
        and ("R2113-7" in worded["Règlement de la consultation"]) != concession
    )
    assert "agrément" in worded["Preuve du statut"] and "équivalente" in worded["Preuve du statut"]


def test_a_clause_says_data_staff_penalty_and_a_criterion_its_weight_and_grid(lexicon: Lexicon) -> None:
    condition, criterion, *_ = clauses_for("nettoyage-locaux", FIGURES, lexicon)
    worded = written(condition)
    assert "effacés" in worded["Données personnelles"] and "postes à pourvoir" in worded["Personnel repris"]
    assert "2 fois le coût horaire" in worded["Pénalités"] and "silence ne le dispense" in worded["Pénalités"]
    grid = written(criterion)["Pondération et notation"]
    assert re.search(r"pèse \d+\s%", grid) and all(f"{mark}, " in grid for mark in range(5))


def test_the_clausier_warns_under_the_mark_and_of_staff_taken_over(lexicon: Lexicon) -> None:
    few = ClauseQuery(trade="nettoyage-locaux", amount=60_000, months=12).warnings(lexicon, DAY)
    assert "sous le repère de 150" in few[0] and "Personnel repris inconnu" in few[1]
    large = ClauseQuery(trade="nettoyage-locaux", amount=600_000, months=12, taken_over=0.0)
    assert large.warnings(lexicon, DAY) == ()


def test_the_clausier_never_proposes_a_criterion_alone_where_the_condition_is_due(lexicon: Lexicon) -> None:
    """Two cases a trade, in turn: each amount, before and after the law, meets a dozen trades."""
    amounts = (None, 60_000, 215_999, 216_000, 500_000, 750_000, 6e6)
    cases = itertools.cycle(itertools.product(amounts, (DAY, LAW_BEFORE)))
    for trade in trade_clauses():
        for amount, launched in itertools.islice(cases, 2):
            query = ClauseQuery(trade=trade, amount=amount, months=12, start=launched)
            said = " ".join(query.warnings(lexicon, DAY))
            cells = {"text": lexicon.trades.get(trade).name, "trade": trade, "place": "Rennes"}
            line = understand(Row(1, {**cells, "amount": str(amount or "")}), lexicon)
            plan = plan_of(line, need_values([line])[0], StudySettings(DAY, launched=launched))
            few = "sert peu" in said
            assert ("L2112-2-1" in said) <= bool(owed(plan)) and ("posez un critère" in said) <= (not owed(plan)), said
            assert not few or ("Un critère seul n'y suffit pas" in said) == bool(owed(plan)), (trade, amount)


@pytest.mark.parametrize(
    ("trade", "named"),
    [
        ("epicerie-denrees", ("L230-5-1", "50 %", "20 %")),
        ("restauration-collective", ("L230-5-1",)),
        ("papeterie-fournitures", ("AGEC, article 58", "papier recyclé")),
        ("location-vehicules", ("L224-7",)),
        ("garage-automobile", ("AGEC, article 58",)),
    ],
)
def test_the_clausier_says_the_duties_on_products_that_a_study_says(
    lexicon: Lexicon, trade: str, named: tuple[str, ...]
) -> None:
    said = ClauseQuery(trade=trade, amount=100_000).warnings(lexicon, DAY)
    assert all(any(words in text.replace("\xa0", " ") for text in said) for words in named), said
    duties = product_duties((), [trade], DAY)
    assert all(any(duty.text(DAY)[:-1] in text and duty.article in text for text in said) for duty in duties)


def test_the_grid_of_a_criterion_names_the_worst_offer_not_the_lowest_value(lexicon: Lexicon) -> None:
    for clause in every_clause(lexicon):
        for _, title, text, _ in clause.paragraphs:
            assert "valeur la plus faible" not in text, (clause.trade, title)


def test_unknown_hours_are_a_sentence_and_never_zero(lexicon: Lexicon) -> None:
    worded = written(clauses_for("nettoyage-locaux", UNKNOWN, lexicon)[0])
    assert worded["Obligation"].startswith(NO_HOURS) and not re.search(r"\b0 heure", worded["Obligation"])


def test_a_trade_below_takes_the_templates_of_the_one_above(lexicon: Lexicon) -> None:
    below = lexicon.trades.get("nettoyage-industriel")
    found = clauses_of(below, lexicon.trades)
    assert found is not None and found.trade == "nettoyage-locaux"
    assert clauses_of(lexicon.trades.get("traduction"), lexicon.trades) is None
    with pytest.raises(NotFound):
        clauses_for("zzyzx", UNKNOWN, lexicon)


def test_hours_are_those_given_else_computed() -> None:
    assert ClauseQuery(trade="nettoyage-locaux", hours=300, amount=1e5).figures().hours == 300
    computed = ClauseQuery(trade="nettoyage-locaux", amount=190_000, months=48).figures().hours
    assert computed == pytest.approx(190_000 * 0.8 / 30 * 0.05)
    assert ClauseQuery(trade="nettoyage-locaux").figures().hours is None


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Any:
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon) as app, TestClient(app) as client:
        yield client


@pytest.mark.slow
def test_the_api_gives_clauses_and_excerpts_with_their_source(client: TestClient) -> None:
    body = client.get("/v1/clauses", params={"trade": "nettoyage-locaux", "amount": 190_000, "months": 48}).json()
    assert [(one["kind"], one["use"]) for one in body["clauses"]] == [
        ("social", "condition"),
        ("social", "criterion"),
        ("environmental", "condition"),
        ("environmental", "criterion"),
    ]
    assert body["notice"] == WHAT and all(one["article"]["code"] for one in body["clauses"])
    for excerpt in body["seen"]["social"]["excerpts"]:
        assert excerpt["text"] and excerpt["producer"] and excerpt["licence"] and excerpt["published"]


def test_an_unknown_trade_is_refused_by_its_field(client: TestClient) -> None:
    answer = client.get("/v1/clauses", params={"trade": "zzyzx"})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "trade"
    assert client.get("/clausier", params={"trade": "zzyzx"}).status_code == 422


def test_the_page_asks_the_article_first_then_shows_the_clauses(client: TestClient, lexicon: Lexicon) -> None:
    form = client.get("/clausier").text
    assert form.index('id="champ-article"') < form.index('id="champ-trade"')
    assert all(f'<option value="{trade.code}"' in form for trade in lexicon.trades)
    text = client.get("/clausier", params={"trade": "traiteur", "object": "", "amount": "80000", "months": "24"}).text
    assert "Publics éligibles" in text and "ou équivalent" in text and "relire par le juriste" in text
    assert "Choisissez un article" in text and "Réservation du marché" not in text


class Opening(HTMLParser):
    """The words of the main part of a page as it opens: a folded part shows its summary alone, a list its choice."""

    def __init__(self) -> None:
        super().__init__()
        self.words = 0
        self.parents: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("input", "br", "img", "meta", "link", "hr"):
            self.parents.append((tag, tag == "select" or (tag == "details" and "open" not in dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        while self.parents and self.parents.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        names = [tag for tag, _ in self.parents]
        folded = sum(closed for _, closed in self.parents)
        own = folded == 1 and "summary" in names and self.parents[names.index("summary") - 1][1]
        if "main" in names and (not folded or own):
            self.words += len(data.split())


def words_seen(page: str) -> int:
    """The words of a page as it opens."""
    opening = Opening()
    opening.feed(page)
    return opening.words


@pytest.mark.parametrize("article", ["", "L2113-12", "L2113-15", "L3113-2"])
@pytest.mark.parametrize("trade", ["nettoyage-locaux", "portage-repas", "juridique-comptable"])
def test_the_page_opens_on_one_clause_in_few_words(client: TestClient, article: str, trade: str) -> None:
    text = client.get("/clausier", params={"trade": trade, "article": article, "amount": "190000"}).text
    assert text.count('<details class="clause" open>') == 1
    assert words_seen(text) <= 250


def test_every_trade_has_a_reservation_under_each_article_and_a_social_condition(lexicon: Lexicon) -> None:
    for trade in lexicon.trades:
        for article in RESERVING:
            lot = LotFigures(FIGURES.object, 120, months=24, concession=article.startswith("L3"), reserving=article)
            made = {(clause.kind, clause.use): clause for clause in clauses_for(trade.code, lot, lexicon)}
            assert ("social", "condition") in made, trade.code
            notice = written(made["social", "reservation"])["Avis de marché"]
            assert re.findall(r"L[23]113-[\d-]*\d", notice) == [article], (trade.code, notice)


def test_each_clause_has_its_six_stages_and_each_paragraph_what_it_rests_on(lexicon: Lexicon) -> None:
    for trade in lexicon.trades:
        for clause in clauses_for(trade.code, LotFigures(reserving="L2113-14"), lexicon):
            assert list(dict.fromkeys(part.stage for part in clause.paragraphs)) == list(STAGES), clause
            assert all(part.basis.endswith(".") and "{" not in part.basis for part in clause.paragraphs)


def test_nothing_stricter_than_a_text_is_asked_without_saying_so(lexicon: Lexicon) -> None:
    made = clauses_for("nettoyage-locaux", LotFigures(reserving="L2113-13"), lexicon)
    every = {(clause.use, part.title): part for clause in made for part in clause.paragraphs if clause.kind == "social"}
    rules = every["reservation", "Règlement de la consultation"]
    assert "sous-traitant" not in rules.text and "n'exige" in rules.basis
    assert "plus strict" in every["reservation", "Statut pendant l'exécution"].basis
    assert "quart" not in every["condition", "Modalités"].text


def test_clauses_are_given_as_a_text_to_paste(client: TestClient) -> None:
    answer = client.get("/clausier.txt", params={"trade": "centre-appels", "article": "L2113-14"})
    assert answer.headers["content-type"].startswith("text/plain")
    assert "RÉSERVATION DU MARCHÉ (L2113-14)" in answer.text and "[Source : " in answer.text
    assert client.get("/clausier.txt", params={"trade": "zzz"}).status_code == 422


def test_clauses_are_given_as_a_word_file(client: TestClient) -> None:
    asked = {"trade": "centre-appels", "article": "L2113-14"}
    answer = client.get("/clausier.docx", params=asked)
    paragraphs = [one.text for one in Document(BytesIO(answer.content)).paragraphs]
    plain = client.get("/clausier.txt", params=asked).text
    assert answer.headers["content-disposition"] == 'attachment; filename="clauses.docx"'
    assert paragraphs[0] == WHAT and sum(text.startswith("Source : ") for text in paragraphs) == plain.count(
        "[Source : "
    )
    assert client.get("/clausier.docx", params={"trade": "zzz"}).status_code == 422


SUPPLIES_AND_TRADES = (
    *(
        "papeterie-fournitures",
        "produits-entretien",
        "linge-textiles-maison",
        "confection",
        "informatique-reconditionnee",
    ),
    *(
        "maintenance-informatique",
        "support-administration-si",
        "developpement-logiciel",
        "sites-internet",
        "epicerie-denrees",
    ),
    *("maraichage", "elevage-viande", "fromagerie", "boulangerie-patisserie", "agriculture", "horticulture"),
    *(
        "materiel-restauration",
        "location-vehicules",
        "maintenance-flotte",
        "transport-personnes",
        "transport-marchandises",
    ),
    *("nettoyage-vehicules", "reparation-nautique-engins", "ingenierie-architecture", "audit-energetique", "solaire"),
    *(
        "chauffage-climatisation",
        "renovation-energetique",
        "terrassement",
        "materiaux-construction",
        "cloisons-platrerie",
    ),
    *("serrurerie-metallerie", "clotures-portails", "facades-ravalement", "eclairage-public", "signalisation-marquage"),
    *(
        "echafaudage-location-materiel",
        "maintenance-equipements",
        "ascenseurs",
        "securite-incendie",
        "materiel-medical",
    ),
    *("cablage-electronique", "aires-jeux-equipements-sportifs", "vente-livres", "agence-communication"),
    *("organisation-evenements", "hotellerie-hebergement", "dechets-dangereux", "formation", "conseil"),
    *words_of(
        """
        portage-repas collecte-deee recyclage-deee collecte-papiers recyclage-papiers
        reemploi-ressourcerie recyclage-mobilier numerisation-ged saisie-donnees secretariat
        accueil-standard centre-appels conditionnement inclusion-numerique mise-a-disposition-personnel
        bionettoyage debroussaillage espaces-naturels desherbage-voirie tri-dechets
        collecte-biodechets collecte-textiles recyclage-textiles destruction-archives archivage
        coursier-livraison reparation-velos reparation-electromenager couture-retouche plateaux-repas
        conciergerie amenagement-interieur revetements-sols sous-traitance-industrielle travail-bois
        nettoyage-conteneurs aide-menagere collecte-5-flux collecte-verre distribution-boites-lettres
        repassage
        """
    ),
)
"""The trades that had no text, the commonest first in the contracts and notices of the sample of October 2026."""
UNIT = re.compile(
    r"\d[\d ,.]*\s?(?:%|kg|g\b|km|kWh|litres?|m²|m³|m\b|cm|ans?\b|mois|jours?|heures?|lumens|°C|Mo|gigaoctets|fois|requêtes|€|K\b|bars|lavages)"
)
PROOF = re.compile(
    r"prouve|preuve|montre|en fait foi|factures?|bordereau|relev|certificat|attest|à l'appui|fiche|bilan|registre|étiquette|"
    r"rapport|constat|calcul|engagement|déclaration|bons? d|liste|{[A-Z_]+}"
)


@pytest.mark.parametrize("code", SUPPLIES_AND_TRADES)
def test_each_trade_asks_for_a_measure_with_its_threshold_and_its_proof(code: str, lexicon: Lexicon) -> None:
    found = clauses_of(lexicon.trades.get(code), lexicon.trades)
    assert found is not None
    proved = [text for text in found.requirements if PROOF.search(text)]
    assert len(proved) >= 3, found.requirements
    assert sum(bool(UNIT.search(text)) for text in found.requirements) >= 2, found.requirements
    assert any(UNIT.search(text) for text in proved), found.requirements
    long = [part for text in found.requirements for part in re.split(r"[.;:] ?", text) if len(part.split()) > 20]
    assert not long


def test_at_least_eighty_trades_that_had_no_text_have_one() -> None:
    assert len(set(SUPPLIES_AND_TRADES)) >= 80 and set(SUPPLIES_AND_TRADES) <= trade_clauses().keys()


NUMBERS = ("amount", "months", "hours", "labour_share", "taken_over", "hourly_cost")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["/clausier", "/suivi-heures"])
def test_what_is_to_correct_on_a_form_names_no_code(client: TestClient, page: str) -> None:
    wrong = [{}, {"trade": "zzz"}, {"start": "demain"}, {"months": "400"}, {"object": "x" * 500}, {"zzz": "1"}]
    wrong += [{name: given} for name in NUMBERS for given in ("abc", "-5", "1e99")]
    for given in wrong:
        answer = client.get(page, params={"trade": "nettoyage-locaux", **given} if page == "/clausier" else given)
        said = " ".join(re.findall(r'role="alert".*?</div>', answer.text, re.DOTALL))
        assert (answer.status_code == 422) == bool(said), given
        assert not re.search(r"/v1/|AAAA|« (?:trade|object|start|months|hours|amount|labour_share)\W", said), said


@pytest.mark.slow
def test_the_table_of_hours_opens_from_the_clausier(client: TestClient) -> None:
    text = client.get("/clausier", params={"trade": "nettoyage-locaux", "hours": "300", "months": "12"}).text
    (link,) = re.findall(r'href="(/suivi-heures\?[^"]*)"', text)
    assert client.get(link.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(("hours", "warned"), [(149.0, True), (150.0, False), (None, False)])
def test_hours_are_few_under_the_mark_alone(hours: float | None, warned: bool, lexicon: Lexicon) -> None:
    asked = ClauseQuery(trade="nettoyage-locaux", hours=hours, taken_over=0.0)
    assert any("sous le repère" in one for one in asked.warnings(lexicon, DAY)) is warned


def test_what_is_given_is_taken_and_the_rest_is_computed() -> None:
    own = ClauseQuery(trade="nettoyage-locaux", amount=600_000, months=12, hours=10.0, hourly_cost=40.0).figures()
    made = ClauseQuery(trade="nettoyage-locaux", amount=600_000, months=12).figures()
    assert own.hours == 10.0 and own.hourly_cost == 40.0 and made.hours and made.hours > 10
    assert made.hourly_cost == 30 and made.per_100k and not made.concession
    assert ClauseQuery(trade="nettoyage-locaux", kind="concession").figures().concession


@pytest.mark.parametrize(("hours", "known"), [(None, False), (0.4, False), (0.6, True), (1.0, True), (70.0, True)])
def test_less_than_an_hour_of_a_clause_is_no_hour(hours: float | None, known: bool, lexicon: Lexicon) -> None:
    figures = LotFigures("Essai", hours, None, 12, None, None)
    texts = [
        text for clause in clauses_for("nettoyage-locaux", figures, lexicon) for _, _, text, _ in clause.paragraphs
    ]
    assert any(NO_HOURS in text for text in texts) is not known


def test_the_requirements_of_a_trade_come_before_their_proofs_and_nowhere_else(lexicon: Lexicon) -> None:
    for clause in clauses_for("nettoyage-locaux", FIGURES, lexicon):
        titles = [title for _, title, _, _ in clause.paragraphs]
        ranks = [title for title in titles if title.startswith("Exigence")]
        if (clause.kind, clause.use) != ("environmental", "condition"):
            assert not ranks
            continue
        requirements = trade_clauses()["nettoyage-locaux"].requirements
        ends = ("Preuve", "Contrôle", "Pénalités")
        assert titles[3:] == [*(f"Exigence {rank}" for rank, _ in enumerate(requirements, 1)), *ends]
