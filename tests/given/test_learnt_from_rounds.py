"""What structures answered teaches of others at the next build: in the search, the map, the desk and the sheet alike; listed, withdrawn,
forgotten with its round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from indexer.demo.identifiers import siret as siret_of
from indexer.publish import publish
from tests.indexer.records import record, write_run
from tests.search_api.corpus import TODAY
from vivier.belief.steps import LEAST
from vivier.desk.facts.candidates import SupplyAsked, candidates
from vivier.desk.method.answers import Answer
from vivier.desk.read.asked import Settings as Asked
from vivier.desk.read.programme import Row
from vivier.desk.tell.depth_map import DepthAsked, depth_map
from vivier.dossiers.question import Question
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest, NotFound
from vivier.given.asked import Opening
from vivier.given.declaration import checked_declaration
from vivier.given.declared import write_runs as write_declared
from vivier.given.lessons import lessons, received, replies, taught, withdraw
from vivier.given.opening import open_round
from vivier.given.queue import Subject, queue_of
from vivier.given.rounds import OPENERS, Rounds, opener_of, rounds_of
from vivier.given.tables import ANSWERS, INVITED, ROUNDS
from vivier.lexicon import Lexicon
from vivier.model import Address, Agreement
from vivier.model.views import SupplierView
from vivier.privacy.opposition import Opposition
from vivier.search.operators import EVERY
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.believed import likeliest
from vivier.suppliers.find import find
from vivier.suppliers.query import parse_query

TRADE = "entretien-espaces-verts"
HERE, ELSEWHERE = ("RENNES", "35000", "35238"), ("LYON", "69001", "69123")
MANY = 12
ONE, TWO = "a" * 32, "b" * 32
"""Two people, as keyed hashes of their connections."""


@dataclass
class Base:
    """Twelve silent ESAT in Rennes, one in Lyon, one ACI in Rennes."""

    settings: Settings
    engine: EmbeddedStore
    rounds: Rounds
    lexicon: Lexicon
    today: date = TODAY

    def build(self) -> None:
        publish(self.engine, self.settings, self.lexicon, skip_judged=True, received=received(self.rounds, self.today))

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.engine)

    def records(self) -> dict[str, SupplierView]:
        return {hit.record["name"]["value"]: hit.record for hit in self.snapshot.suppliers.scan(EVERY)}

    def believed(self, name: str, place: str = "departement:35") -> float:
        """The probability that the desk reads."""
        found = candidates(SupplyAsked((TRADE,), (place,), TODAY), self.snapshot, self.lexicon)
        return next(site.believed for site in found if site.name == name)

    def open(self, client: str = ONE) -> str:
        question = Question(
            Asked(as_of=TODAY), (Row(1, {"text": "entretien des espaces verts", "place": "Rennes", "amount": "40000"}),)
        )
        given = (question, 1, Opening(organisation="Ville de Rennes", size=50))
        return open_round(*given, self.rounds, self.snapshot, self.lexicon, TODAY, client)

    def answer(self, id_: str, count: int, can: Any = "no", why: Any = "trade", first: int = 0) -> None:
        read = self.rounds.read(id_, TODAY)
        silent = sorted(each.structure for each in read.invited if each.kinds == ("ESAT",))[first : first + count]
        assert len(silent) == count
        self.rounds.answer(read, [Answer(each, can, TODAY, "structure", why=why) for each in silent], TODAY)


@pytest.fixture
def base(tmp_path: Path, lexicon: Lexicon) -> Iterator[Base]:
    settings = Settings(home=tmp_path, opposition_salt="un sel assez long pour servir")  # type: ignore[arg-type]
    engine = EmbeddedStore(tmp_path / "generations")
    seats = [*((f"Structure {n:02}", "ESAT", HERE) for n in range(MANY))]
    seats += [("Ailleurs", "ESAT", ELSEWHERE), ("Chantier", "ACI", HERE)]
    made = []
    for n, (name, kind, (town, code, commune)) in enumerate(seats):
        siret = siret_of(n, 1)
        place = Address(town=town, post_code=code, commune=commune)
        given = {"siret": siret, "siren": siret[:9], "agreements": (Agreement(kind=kind),), "address": place}
        made.append(record("list", str(n), name, **given))
    write_run(settings.records, "list", made)
    base = Base(settings, engine, rounds_of(settings), lexicon)
    base.build()
    yield base
    base.rounds.database.close()
    engine.close()


@pytest.mark.slow
def test_refusals_lower_the_same_kind_here_by_one_number_in_every_room(base: Base) -> None:
    before = {name: base.believed(name) for name in ("Structure 11", "Chantier")}
    afar = base.believed("Ailleurs", "departement:69")
    base.answer(base.open(), 8)
    base.build()
    asked = [each for each in base.records().values() if each.get("learnt")]
    assert len(asked) == MANY
    now = base.believed("Structure 11")
    assert now < before["Structure 11"] * 0.6
    assert base.believed("Chantier") == before["Chantier"] and base.believed("Ailleurs", "departement:69") == afar

    [row] = depth_map(DepthAsked((TRADE,), TODAY, territories=("departement:35",)), base.snapshot, base.lexicon).rows
    silent = candidates(SupplyAsked((TRADE,), ("departement:35",), TODAY), base.snapshot, base.lexicon)
    low, high = row.depth.around.expected
    assert low <= sum(site.believed for site in silent) + 0.06 and sum(site.believed for site in silent) <= high + 0.06

    query = [("trade", TRADE), ("territory", "departement:35"), ("group", "to_ask")]
    found = {
        each.record["name"]["value"]: each
        for each in find(parse_query(query, base.lexicon), base.snapshot, base.lexicon, TODAY).results
    }
    [text] = [reason.text for reason in found["Structure 11"].reasons if reason.code == "trade_unknown"]
    assert f"{round(now * 100)}" in text.replace("\u202f", "")
    assert next(iter(found)) == "Chantier" or base.believed("Chantier") < now
    _, explained = likeliest(base.records()["Structure 11"], (TRADE,), base.lexicon, TODAY)
    assert explained.clues[-1].name == "learnt" and explained.clues[-1].odds < 0


@pytest.mark.slow
def test_the_answer_of_a_structure_tells_most_of_itself_and_declines_teach_by_their_reason(base: Base) -> None:
    id_ = base.open()
    base.answer(id_, 1, why="far")
    base.answer(id_, 1, "yes", None, first=1)
    base.build()
    believed = {name: base.believed(name) for name in base.records() if name.startswith("Structure")}
    assert len(set(believed.values())) == 2  # the one that said « yes », and all the others
    assert sorted(believed.values())[-1] > sorted(believed.values())[-2]


@pytest.mark.slow
def test_two_hundred_rounds_of_one_person_teach_no_more_than_six_answers(base: Base) -> None:
    was = base.believed("Structure 00")
    base.answer(base.open(ONE), MANY)
    with base.rounds.database.transaction() as connection:
        for table, unique in ((ROUNDS, "key"), (INVITED, "token"), (ANSWERS, None)):
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for n in range(199):
                for row in rows:
                    renamed = {name: f"z{n:03}{row[name][4:]}" for name in ("key", "round", unique) if name in row}
                    connection.execute(insert(table).values(row | renamed))
    assert len(taught(base.rounds, TODAY)) == 200 * MANY
    base.build()
    now = base.believed("Structure 00")
    assert now >= was / 2 * 0.85  # to the step
    base.answer(base.open(TWO), MANY)
    base.build()
    assert base.believed("Structure 00") < now


@pytest.mark.slow
def test_an_answer_or_a_whole_round_is_withdrawn_from_what_is_learnt_and_stays_in_the_round(base: Base) -> None:
    was = base.believed("Structure 11")
    id_ = base.open()
    base.answer(id_, 4)
    every = taught(base.rounds, TODAY)
    assert len(every) == 4 and not any(each.withdrawn for each in every)
    assert withdraw(base.rounds, every[0].id) == 1
    assert [each.withdrawn for each in taught(base.rounds, TODAY)] == [True, False, False, False]
    assert withdraw(base.rounds, every[0].id.partition("-")[0]) == 3
    base.answer(id_, 1, first=5)  # an answer that comes later to a round withdrawn
    base.build()
    assert base.believed("Structure 11") == was
    assert len(base.rounds.read(id_, TODAY).answers) == 5
    with pytest.raises(NotFound):
        withdraw(base.rounds, every[0].id)
    with pytest.raises(InvalidRequest):
        withdraw(base.rounds, "tout")


@pytest.mark.slow
def test_what_a_round_taught_is_forgotten_with_it_and_that_of_who_opposed_at_once(base: Base) -> None:
    id_ = base.open()
    base.answer(id_, 4)
    assert len(lessons(base.rounds, TODAY)) == 4
    assert len(lessons(base.rounds, TODAY + timedelta(days=200))) == 0
    read = base.rounds.read(id_, TODAY)
    opposed = next(each for each in read.invited if each.structure == read.answers[0].structure)
    Opposition(base.settings).add(opposed.sirets[0])
    assert len(lessons(base.rounds, TODAY)) == 3
    base.rounds.delete(id_, TODAY)
    assert lessons(base.rounds, TODAY) == []


def test_a_client_is_always_the_same_opener_and_several_share_one() -> None:
    drawn = {opener_of(f"{n * 2654435761 % 2**128:032x}") for n in range(5_000)}
    assert opener_of(ONE) == opener_of(ONE) and opener_of("") is None
    assert len(drawn) <= OPENERS


@pytest.mark.slow
def test_nothing_is_believed_of_a_trade_that_was_refused_by_all(base: Base) -> None:
    for n in range(4):
        base.answer(base.open(f"{n + 1:032x}"), MANY)
    base.build()
    assert LEAST <= base.believed("Structure 00") < 0.2


def test_how_many_of_a_kind_answer_is_learnt_from_closed_rounds_apart_from_what_they_can_do(base: Base) -> None:
    base.answer(base.open(), 3, why="far")
    base.open(TWO)  # nobody answered it: perhaps it was never sent
    assert replies(base.rounds, TODAY) == {}
    base.today = TODAY + timedelta(days=30)
    counted = replies(base.rounds, base.today)
    assert (counted["ESAT"].yes, counted["ESAT"].no) == (3.0, 9.0)
    believed = base.believed("Structure 11")
    base.build()
    assert base.believed("Structure 11") == believed
    found = {
        site.name: site
        for site in candidates(SupplyAsked((TRADE,), ("departement:35",), TODAY), base.snapshot, base.lexicon)
    }
    assert round(found["Structure 11"].reply_rate, 3) == round((3 + 20 * 0.6) / 32, 3)
    assert found["Chantier"].replies is None and found["Chantier"].reply_rate == 0.6  # nobody asked one
    afar = candidates(SupplyAsked((TRADE,), ("departement:69",), TODAY), base.snapshot, base.lexicon)
    assert next(site for site in afar if site.name == "Ailleurs").replies is not None  # a kind is the same everywhere


@pytest.mark.slow
def test_what_a_structure_declares_teaches_of_its_kind_here_what_it_does_and_what_it_leaves_out(base: Base) -> None:
    other = "blanchisserie"

    def learnt(name: str) -> dict[str, tuple[float, float]]:
        return {each["trade"]: (each["yes"], each["no"]) for each in base.records()[name].get("learnt", ())}

    before, record = base.believed("Structure 11"), base.records()["Structure 00"]
    queue = queue_of(base.settings)
    content = checked_declaration({"trades": [{"trade": other}]}, base.lexicon).as_json()
    queue.send("declaration", Subject(record["id"], record["siret"]["value"], "Structure 00"), content, TODAY)
    (waiting,) = queue.waiting()
    queue.accept(waiting.number, TODAY)
    write_declared(base.settings, queue, TODAY)
    queue.database.close()
    base.build()
    assert learnt("Structure 11")[other] == (1.0, 0.0) and learnt("Structure 11")[TRADE] == (0.0, 0.5)
    assert base.believed("Structure 11") < before
    assert learnt("Structure 00") == {} and learnt("Ailleurs") == {} and learnt("Chantier") == {}
