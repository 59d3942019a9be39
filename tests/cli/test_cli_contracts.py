"""The verbs of the supplier side, on the fictitious index, in this process."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.cli.typed import Done, inside
from tests.demo_home import demo_of_today

Vivier = Callable[..., Done]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration of today: the verbs read the calendar."""
    return demo_of_today(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def vivier(home: Path) -> Vivier:
    return partial(inside, home)


def test_contracts_are_listed_with_their_reasons(vivier: Vivier) -> None:
    found = vivier("contracts", "provision=reserved", "per_page=20")
    assert found.returncode == 0, found.stderr
    for words in ("marché", "réservé", "titulaire : ", "(fictif)", "finit au plus tard le", "€ HT"):
        assert words in found.stdout


def test_notices_are_listed_with_their_nature_and_their_reasons(vivier: Vivier) -> None:
    found = vivier("notices", "status=open", "per_page=5")
    assert found.returncode == 0, found.stderr
    for words in ("avis", "Appel à la concurrence", "(fictif)", "réponse avant"):
        assert words in found.stdout
    assert "Projet d'achat" not in found.stdout


def test_a_need_is_read_aloud_without_what_the_list_sets_itself(vivier: Vivier) -> None:
    for verb in ("contracts", "projects"):
        printed = vivier(verb, "need=tonte à Rennes").stdout.splitlines()
        assert printed[0] == "Lu : territory=commune:35238 trade=entretien-espaces-verts"
    assert "Lu : " not in vivier("projects", "trade=blanchisserie").stdout


def test_planned_purchases_are_a_list_of_their_own(vivier: Vivier) -> None:
    found = vivier("projects", "per_page=5")
    assert found.returncode == 0, found.stderr
    for words in ("projets d'achat", "publication prévue", "(fictif)"):
        assert words in found.stdout
    assert "Appel à la concurrence" not in found.stdout


def test_leads_of_every_kind_are_counted_with_their_reasons(vivier: Vivier) -> None:
    found = vivier("leads", "kind=EI", "territory=FR")
    assert found.returncode == 0, found.stderr
    for kind in ("Avis ouvert", "Marché à renouveler", "Projet d'achat", "Titulaire d'une clause sociale en cours"):
        assert f"{kind} : " in found.stdout
    assert "titulaire actuel : " in found.stdout


def test_leads_and_buyers_for_a_supplier_of_the_index(vivier: Vivier) -> None:
    listed = vivier("search", "kind=EI")
    id_ = next(word for word in listed.stdout.split() if word.startswith("v") and len(word) == 13)
    leads = vivier("leads", "--supplier", id_, "ends_after_months=0", "ends_before_months=36")
    assert leads.returncode == 0, leads.stderr
    assert " pour " in leads.stdout
    buyers = vivier("buyers", "--supplier", id_)
    assert buyers.returncode == 0, buyers.stderr
    assert "acheteur" in buyers.stdout


def test_buyers_are_ranked_with_every_factor(vivier: Vivier) -> None:
    found = vivier("buyers", "territory=FR", "sort=reserved", "per_page=5")
    assert found.returncode == 0, found.stderr
    for words in ("couverture", "réservé", "Rang = bilan × volume × proximité × fraîcheur"):
        assert words in found.stdout


def test_indicators_say_what_they_cover(vivier: Vivier) -> None:
    found = vivier("indicators", "by=year")
    assert found.returncode == 0, found.stderr
    assert "Ensemble" in found.stdout
    assert "renseigné" in found.stdout


@pytest.mark.parametrize(
    ("words", "code", "needed"),
    [
        (("leads",), 2, "Pour qui ?"),
        (("leads", "--supplier", "123"), 2, "supplier : « 123 » n'est ni un SIREN"),
        (("leads", "--supplier", "personne"), 1, "Aucun fournisseur « personne »"),
        (("contracts", "foo=bar"), 2, "Paramètre inconnu « foo »"),
        (("notices", "status=bogus"), 2, "« status » accepte"),
        (("projects", "nature=call"), 2, "demandez « vivier notices »"),
        (("buyers", "sort=bogus"), 2, "sort"),
        (("indicators", "by=bogus"), 2, "by"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_name(
    vivier: Vivier, words: tuple[str, ...], code: int, needed: str
) -> None:
    done = vivier(*words)
    assert done.returncode == code
    assert needed in done.stderr and "query" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (("contracts", "amount_min=999000000"), "sans « Montant minimal » : "),
        (("notices", "q=zzyzx"), "sans « Mots cherchés » : "),
        (("projects", "published_from=2099-01-01"), "sans « Publié à partir du » : "),
        (("leads", "kind=EI", "territory=FR", "since=2099-01-01"), "sans « Seulement ce qui est nouveau » : "),
        (("buyers", "q=zzyzx"), "sans « Mots cherchés » : "),
    ],
)
def test_an_empty_list_says_what_one_change_would_give(vivier: Vivier, words: tuple[str, ...], needed: str) -> None:
    done = vivier(*words)
    assert done.returncode == 0, done.stderr
    assert "Rien. Un seul changement donnerait :" in done.stdout and needed in done.stdout


def test_suppliers_hold_the_references_and_trades_of_what_they_won(vivier: Vivier, home: Path) -> None:
    from vivier.engine import open_engine
    from vivier.search.operators import All
    from vivier.settings import Settings

    engine = open_engine(Settings(home=home))
    won = [
        fact
        for hit in engine.open("suppliers").scan(All(()))
        for fact in hit.record.get("references", ())
        if fact["provenance"]["source_id"] == "demo_marches"
    ]
    engine.close()
    assert len(won) > 50
    assert all(fact["value"]["client"].endswith("(fictif)") and fact["value"]["year"] for fact in won)


def test_generations_of_every_collection_are_listed_and_one_collection_alone(vivier: Vivier) -> None:
    every = vivier("generations").stdout
    for name in ("suppliers", "contracts", "buyers", "notices"):
        assert f"{name}-2" in every
    one = vivier("generations", "--collection", "contracts").stdout
    assert "contracts-2" in one and "suppliers-2" not in one and "marchés et concessions" in one


def test_contracts_are_put_back_in_service_with_their_buyers_by_name(vivier: Vivier) -> None:
    told = vivier("generations", "--collection", "contracts").stdout
    name = re.findall(r"contracts-\d+", told)[0]
    for words in (("rollback", name), ("rollback", name, "--collection", "contracts")):
        done = vivier(*words)
        assert done.returncode == 0, done.stderr
        assert f"En service : {name}" in done.stdout and "En service : buyers-" in done.stdout
    refused = vivier("rollback", "--collection", "notices")
    assert refused.returncode == 1 and "vivier generations --collection notices" in refused.stderr
    unknown = vivier("rollback", "--collection", "marches")
    assert unknown.returncode == 2
    assert "--collection" in unknown.stderr and "suppliers, contracts, notices, buyers." in unknown.stderr
