"""Which excerpts of a notice are shown: long enough to teach, short enough to cite, of the right kind, without a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.contracts.notices.document import NoticeDocuments
from vivier.clausier.query import ClauseQuery, clauses_body
from vivier.clausier.seen import LONGEST, MOST_SEEN, SHORTEST, _excerpts, every_kind, seen
from vivier.clausier.wording import WHAT, clause_body, clauses_for
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model import Organisation, Provenance, ProvisionEvidence, PublishedNotice
from vivier.search.snapshot import Snapshot

DAY = date(2026, 11, 30)
SOURCE = Provenance(source_id="boamp", producer="DILA", dataset="BOAMP", licence="LO", url="https://avis.example/1")
WORDS = "Le titulaire fait faire cent heures de travail à des personnes éloignées de l'emploi"


@pytest.mark.parametrize(
    ("text", "provision", "shown"),
    [
        ("a" * SHORTEST, "clause", "a" * SHORTEST),
        ("a" * (SHORTEST - 1), "clause", None),
        ("a" * LONGEST, "criterion", "a" * LONGEST),
        ("a" * (LONGEST + 1), "clause", "a" * (LONGEST - 1) + "…"),
        ("a" * (LONGEST - 2) + " bcd", "clause", "a" * (LONGEST - 2) + "…"),
        ("a" * SHORTEST, "environmental", None),
        ("écrire à claire.martin@exemple.example pour la clause", "clause", None),
    ],
)
def test_an_excerpt_is_shown_or_left_out(text: str, provision: str, shown: str | None) -> None:
    evidence = {"excerpt": text, "provision": provision, "provenance": {"dataset": "d", "producer": "p"}}
    record: Any = {"evidence": [evidence], "buyer": {"name": "Ville"}, "published": "2026-01-01", "offers": 3}
    found = list(_excerpts("n1", record, "social"))
    assert [one["text"] for one in found] == ([] if shown is None else [shown])
    for one in found:
        assert (one["notice"], one["buyer"], one["offers"], one["producer"]) == ("n1", "Ville", 3, "p")


def notice(
    key: str, trade: str, published: date, *texts: str, provision: Any = "clause"
) -> tuple[PublishedNotice, str]:
    evidence = [
        ProvisionEvidence(provision=provision, signal="words", provenance=SOURCE, excerpt=text, confidence=0.9)
        for text in texts
    ]
    made = PublishedNotice(
        key=key,
        source="boamp",
        source_id=key,
        number=key,
        form="boamp",
        nature="call",
        title="Achat",
        provenance=SOURCE,
        buyer=Organisation(name="Ville"),
        published=published,
        offers=3,
        evidence=tuple(evidence),
    )
    return made, trade


@contextmanager
def served(folder: Path, lexicon: Lexicon, notices: Sequence[tuple[PublishedNotice, str]]) -> Iterator[Snapshot]:
    """These notices in service, each of its trade."""
    documents = NoticeDocuments(lexicon)
    with closing(EmbeddedStore(folder)) as engine:
        building = engine.build("notices")
        building.add({**documents.make(made), "trades": [trade]} for made, trade in notices)
        engine.promote("notices", building.finish({}).name)
        yield Snapshot(engine)


def test_wordings_are_those_of_the_trade_and_below_the_latest_first_else_of_any_trade(
    tmp_path: Path, lexicon: Lexicon
) -> None:
    notices = [
        notice("n1", "nettoyage-locaux", date(2026, 1, 1), f"{WORDS} 1", f"{WORDS} 2"),
        notice("n2", "bionettoyage", date(2026, 3, 1), f"{WORDS} 3", f"{WORDS} 4", f"{WORDS} 5"),
        notice("n3", "nettoyage-locaux", date(2026, 2, 1), f"{WORDS} 3", f"{WORDS} 6", "trop court"),
        notice("n4", "traiteur", date(2026, 4, 1), f"{WORDS} 7", provision="environmental"),
    ]
    with served(tmp_path, lexicon, notices) as snapshot:
        own: Any = seen("nettoyage-locaux", "social", snapshot, lexicon, elsewhere=False)
        assert [each["text"][-1] for each in own["excerpts"]] == ["3", "4", "5", "6", "1"] and MOST_SEEN == 5
        assert own["of_trade"] is True and own["excerpts"][-1] == {
            "text": f"{WORDS} 1",
            "provision": "clause",
            "notice": "n1",
            "buyer": "Ville",
            "published": "2026-01-01",
            "offers": 3,
            "dataset": "BOAMP",
            "producer": "DILA",
            "licence": "LO",
            "url": "https://avis.example/1",
        }
        none: Any = {"of_trade": False, "excerpts": []}
        assert seen("traiteur", "social", snapshot, lexicon, elsewhere=False) == none
        assert seen("traiteur", "social", snapshot, lexicon, elsewhere=True) == {**own, "of_trade": False}
        assert every_kind("traiteur", snapshot, lexicon, elsewhere=False)["social"] == none
        both: Any = every_kind("traiteur", snapshot, lexicon)
        assert [each["notice"] for each in both["environmental"]["excerpts"]] == ["n4"] and both["environmental"][
            "of_trade"
        ]
        assert len(both["social"]["excerpts"]) == MOST_SEEN and list(both) == ["social", "environmental"]


def test_the_clauses_of_a_trade_are_given_with_what_was_seen_and_what_a_buyer_must_know(
    tmp_path: Path, lexicon: Lexicon
) -> None:
    query = ClauseQuery(trade="nettoyage-locaux", object="Écoles", hours=100, months=24, start=DAY)
    with closing(EmbeddedStore(tmp_path)) as engine:
        found = clauses_body(query, Snapshot(engine), lexicon, DAY)
        with pytest.raises(InvalidRequest, match="Vouliez-vous dire « nettoyage-locaux »") as refused:
            clauses_body(ClauseQuery(trade="nettoyage-locau"), Snapshot(engine), lexicon, DAY)
    (error,) = refused.value.errors
    assert (error.field, error.code) == ("trade", "unknown_code") and error.suggestion == "nettoyage-locaux"
    unknown = {"of_trade": None, "excerpts": None}
    made = clauses_for("nettoyage-locaux", query.figures(), lexicon)
    assert found == {
        "query": query.model_dump(mode="json"),
        "trade": {"code": "nettoyage-locaux", "label_fr": lexicon.trades.get("nettoyage-locaux").name},
        "notice": WHAT,
        "clauses": [clause_body(clause) for clause in made],
        "seen": {"social": unknown, "environmental": unknown},
        "trades": sorted(trade.code for trade in lexicon.trades),
        "warnings": list(query.warnings(lexicon, DAY)),
        "meta": {"method_versions": {"clauses": "clauses-3"}},
    }
    condition = found["clauses"][2]
    assert (condition["kind"], condition["use"], condition["title"]) == ("environmental", "condition", made[2].title)
    assert condition["trade"] == "nettoyage-locaux" and condition["article"]["code"] == "L2112-2"
    assert condition["paragraphs"][3]["title"] == "Exigence 1" and condition["labels"][0]["code"] == "EU_ECOLABEL"
