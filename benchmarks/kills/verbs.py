"""The verbs that write, each with the home it begins from and the words that are typed. What they are given is fictitious."""

from __future__ import annotations

import os
import shlex
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from tests.crawlers.lists import emplois_world, finess_world
from tests.crawlers.samples import ROOT, load, numbered
from tests.crawlers.sites import Web, honest, supplier_list, web_served
from tests.given.opened_round import opened_round
from tests.given.test_declared import CONTENT
from tests.mail.conftest import House, made_house
from tests.mail.mailbox import mailbox
from tests.mail.returned import returned
from tests.search_api.conftest import publish as publish_corpus
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import contract_of
from tests.search_api.corpus import suppliers
from tests.search_api.pages.corpus import pages_suppliers
from tests.world import served
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.queue import queue_of
from vivier.given.requests import Subject
from vivier.given.shelf import shelf_of
from vivier.lexicon import load_lexicon
from vivier.mail.sealing import new_key
from vivier.settings import Settings

Make = Callable[[Path, Mapping[str, str]], None]
"""Makes the home that a verb begins from, in a process of its own."""
DEMO: Final = "demo --no-serve --count 120 --contracts 120"
SALT: Final = "un sel assez long pour servir"
PUBLIC: Final = "https://vivier.example"
SIRETS: Final = ("90000000100017", "90000000100025", "90000000100033")
PROGRAMME: Final = (
    "Objet;Lieu;Montant HT;Durée\nentretien des espaces verts;Rennes;240 000 €;4 ans\n- nettoyage des locaux;Rennes;;\n"
)
ZONES: Final = sorted((ROOT / "tests" / "fixtures" / "context").glob("*-essai.*"))
READERS: Final = [f"lecteur{number}@structure.example" for number in range(4)]


@dataclass(frozen=True)
class Servers:
    """What plays the world, in a process of its own: a mirror of the sources, the websites of suppliers, a mail server."""

    mirror: str
    authority: str
    smtp: str
    port: int
    hosts: Mapping[str, str]
    sites: Mapping[str, tuple[str, str]]


def _serve(told: Connection) -> None:
    world = emplois_world()
    world.pages.update(finess_world().pages)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # who is killed breaks its connections
    with served(world), mailbox() as box, web_served(Web()) as web:
        honest(web)
        sites = {"Atelier du Lac": (SIRETS[0], web.url("atelier.example"))}
        told.send(Servers(world.url, os.environ["SSL_CERT_FILE"], box.url, box.port, web.known_hosts(), sites))
        while told.recv():
            told.send([(str(message["To"]), str(message["Message-ID"])) for message in box.messages])


@contextmanager
def servers() -> Iterator[tuple[Servers, Connection]]:
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv(), ours
    finally:
        process.kill()
        process.join()


@dataclass(frozen=True)
class Verb:
    """A verb that writes. ``words`` are typed, as in a shell (or ``work`` is done instead), on a home that ``make`` made: ``{home}``, ``{beside}`` its parent. ``between``: parts that may be seen half
    way, as they are those that a second run goes on from. ``inside``: the folder of the home that the verb keeps to itself.
    ``free``: frees what a dead process holds, as time does."""

    name: str
    make: Make
    words: str
    variables: Mapping[str, str] = field(default_factory=dict)
    work: Callable[[Path, Mapping[str, str]], object] | None = None
    between: tuple[str, ...] = ()
    inside: str = ""
    free: Callable[[Path], None] = lambda home: None

    def typed(self, home: Path, variables: Mapping[str, str]) -> Callable[[], object]:
        """What the process does."""
        if self.work is not None:
            return partial(self.work, home, variables)
        return partial(_typed, shlex.split(self.words.format(home=home, beside=home.parent)))


def _typed(words: Sequence[str]) -> None:
    from vivier.cli import main

    sys.argv = ["vivier", *words]
    main()


def settings_of(home: Path, variables: Mapping[str, str]) -> Settings:
    """The settings that these variables give."""
    own = {name.removeprefix("VIVIER_").lower(): value for name, value in variables.items()}
    return Settings.model_validate({**own, "home": home})


# homes


def nothing(home: Path, variables: Mapping[str, str]) -> None:
    home.mkdir()


def invented(home: Path, variables: Mapping[str, str], counts: Sequence[int] = (130, 140), ahead: int = 150) -> None:
    """Generations of the demonstration, and records that no generation holds yet."""
    from indexer.contracts.notices.publish import publish_notices
    from indexer.contracts.publish import publish_contracts
    from indexer.demo import write_demo, write_demo_contracts, write_demo_notices
    from indexer.publish import publish
    from vivier.engine import open_engine

    settings, lexicon = settings_of(home, variables), load_lexicon()
    for count in (*counts, ahead):
        write_demo(settings, count)
        write_demo_contracts(settings, count)
        write_demo_notices(settings)
        if count != ahead:
            with closing(open_engine(settings)) as engine:
                publish(engine, settings, lexicon, skip_judged=True)
                publish_contracts(engine, settings, lexicon)
                publish_notices(engine, settings, lexicon)


def served_home(home: Path, variables: Mapping[str, str]) -> None:
    """A few suppliers in service, and a programme."""
    lexicon = load_lexicon()
    with closing(EmbeddedStore(settings_of(home, variables).generations)) as engine:
        publish_corpus(engine, suppliers(lexicon), lexicon)
    (home / "programme.csv").write_text(PROGRAMME, encoding="utf8")


def given(home: Path, variables: Mapping[str, str]) -> None:
    """The same with requests that wait, one that is accepted, a round with answers, a dossier, an opposition, and what is past its day."""
    served_home(home, variables)
    settings, today = settings_of(home, variables), date.today()
    long_ago = today - timedelta(days=800)
    queue = queue_of(settings)
    with closing(queue.database):
        for siret in SIRETS:
            queue.send("declaration", Subject(siret, siret, "Atelier fictif"), CONTENT, today)
        queue.accept(1, today)
        queue.send("opposition", Subject(SIRETS[1], SIRETS[1], "Atelier fictif"), {"role": "Direction"}, today)
        for rank in range(5):
            queue.send("declaration", Subject(str(rank), f"{rank:014d}", "Ancienne"), CONTENT, long_ago)
        for number in range(5, 10):
            queue.refuse(number, long_ago, "Hors sujet")
    shelf = shelf_of(settings)
    for rank in range(6):
        shelf.keep(f"{rank:040x}", today + timedelta(days=9 if rank % 2 else -9), b'{"dossier": "fictif"}')
    shelf.database.close()
    (home / "members.csv").write_text(
        "SIRET\n" + "".join(f"{siret}\n" for siret in _sirets(home)[:20]), encoding="utf8"
    )


def _sirets(home: Path) -> list[str]:
    """SIRET of suppliers in service."""
    from vivier.search.operators import All

    with closing(EmbeddedStore(Settings(home=home).generations)) as engine:
        records = [hit.record for hit in engine.open("suppliers").scan(All())]
    return [record["siret"]["value"] for record in records if record.get("siret")]


def _typed_to_the_end(words: Sequence[str], home: Path) -> None:
    try:
        _typed(words)
    except SystemExit as end:
        assert not end.code, f"{' '.join(words)}: {end.code}"


def imported(home: Path, variables: Mapping[str, str]) -> None:
    """A list in force, and a longer one to import."""
    load(settings_of(home, variables), home.parent, {"EI": 40})
    numbered(home.parent / "longer.csv", {"EI": 1500, "ESAT": 1500})


def past(home: Path, variables: Mapping[str, str]) -> None:
    """The same, with readings long past, and what people gave past its day."""
    from crawlers.run import import_files

    given(home, variables)
    settings = settings_of(home, variables)
    for days in (900, 800, 700, 2):
        import_files(
            "list",
            [numbered(home.parent / "list.csv", {"EI": 40})],
            settings,
            now=datetime.now(UTC) - timedelta(days=days),
        )


def sites(home: Path, variables: Mapping[str, str]) -> None:
    from crawlers.run import import_files

    found = {"Atelier du Lac": (SIRETS[0], variables["SITE"])}
    home.mkdir()
    import_files("list", [supplier_list(home.parent, found)], settings_of(home, {}))


def archived(home: Path, variables: Mapping[str, str]) -> None:
    """An archive of a home, then a home that differs from it."""
    given(home, variables)
    _typed_to_the_end(["backup", str(home.parent / "copy.tar.gz")], home)
    queue = queue_of(settings_of(home, variables))
    queue.send("declaration", Subject("z", "9" * 14, "Venue depuis"), CONTENT, date.today())
    queue.refuse(2, date.today(), "Hors sujet")
    queue.database.close()


def followed(home: Path, variables: Mapping[str, str]) -> None:
    """Four mailboxes that follow a list since two days; contracts were published since."""
    house_of(home, variables, lambda house: None)


def house_of(home: Path, variables: Mapping[str, str], then: Callable[[House], None]) -> None:
    """A service that writes by mail, on the data of its home; ``then`` does more with it, while its own mail server runs."""
    lexicon, today = load_lexicon(), date.today()
    with closing(EmbeddedStore(home / "generations")) as engine, mailbox() as box:
        publish_corpus(engine, pages_suppliers(lexicon), lexicon)
        days = [today - timedelta(days=days) for days in (15, 1, 0)]
        made = [contract_of(f"c{day}", "Tonte", notified=today - timedelta(days=20), published=day) for day in days]
        serve_contracts(engine, made, lexicon)
        key = variables["VIVIER_MAIL_KEY"]
        with made_house(home.parent, engine, box, lexicon, mail_key=key, opposition_salt=SALT) as house:
            house.clock.day, house.clock.second = today - timedelta(days=2), time.time() - 2 * 86_400
            for reader in READERS:
                house.follow("/courriel/contracts?q=tonte", reader)
            then(house)


def came_back(home: Path, variables: Mapping[str, str]) -> None:
    """Letters of which two came back, as files."""

    def sent(house: House) -> None:
        house.clock.day, house.clock.second = date.today(), time.time()
        house.notify()
        for number, letter in enumerate(house.box.messages[:2]):
            (home / f"{number}.eml").write_bytes(returned(letter))

    house_of(home, variables, sent)


def lease_over(home: Path) -> None:
    """The lease of every letter that a dead process was sending is over."""
    with closing(sqlite3.connect(home / "given.sqlite")) as connection, connection:
        connection.execute("UPDATE mail_outbox SET claimed_at = 0 WHERE state = 'sending'")


# what is done


def crawl(source: str, home: Path, variables: Mapping[str, str], **options: Any) -> None:
    """« vivier crawl », on a mirror: the verb has no option for one."""
    from crawlers.run import crawl as read

    settings = settings_of(home, {name: value for name, value in variables.items() if name.startswith("VIVIER_")})
    read(source, settings, **options)


def open_round_of_a_lot(home: Path, variables: Mapping[str, str]) -> None:
    """A round opened: pages and the API do it, no verb does."""
    opened_round(settings_of(home, variables), date.today())


def verbs(world: Servers) -> list[Verb]:
    """Every verb that writes."""
    few = {"SSL_CERT_FILE": world.authority}
    salt = {"VIVIER_OPPOSITION_SALT": SALT}
    public = {"VIVIER_PUBLIC_URL": PUBLIC, **salt}
    sender = {"VIVIER_SMTP_URL": world.smtp, "VIVIER_MAIL_FROM": "Vivier <vivier@exemple.example>"}
    mail = {**sender, "VIVIER_MAIL_KEY": new_key(), **public}
    on_mirror = partial(crawl, "emplois", mirror=world.mirror, accept_few=True)
    on_sites = partial(crawl, "website", known_hosts=dict(world.hosts), delay=0.0)
    site = next(iter(world.sites.values()))[1]
    zones = shlex.join(map(str, ZONES))
    return [
        Verb("import", imported, "import list {beside}/longer.csv"),
        Verb("index", invented, "index --skip-judged"),
        Verb("rollback", invented, "rollback --collection contracts"),
        Verb("crawl", nothing, "", few, work=on_mirror),
        Verb("crawl website", sites, "", {"SITE": site}, work=on_sites),
        Verb("update", nothing, f"update emplois finess --mirror {world.mirror} --accept-few", few),
        Verb("demo", nothing, DEMO, inside="demo", between=("table requests",)),
        Verb("context", served_home, f"context zones {zones}"),
        Verb("backup", given, "backup {home}/copy.tar.gz", salt),
        Verb("restore", archived, "restore --replace {beside}/copy.tar.gz", salt),
        Verb("notify", followed, "notify", mail, between=("table mail_",), free=lease_over),
        Verb("mail bounces", came_back, "mail bounces {home}/0.eml {home}/1.eml", mail, between=("table mail_",)),
        Verb("mail stop", followed, f"mail stop {READERS[0]}", mail),
        Verb("round opened", given, "", salt, work=open_round_of_a_lot),
        Verb("review accept", given, "review accept 2", salt),
        Verb("review accept (opposition)", given, "review accept 4", salt),
        Verb("review refuse", given, "review refuse 3 --reason 'Hors sujet'", salt),
        Verb("review withdraw", given, "review withdraw 1", salt),
        Verb("invite", given, "invite {home}/members.csv {home}/links.csv", public),
        Verb("invite-network", given, "invite-network 'Réseau fictif'", public),
        Verb("oppose", given, f"oppose {' '.join(SIRETS)}", salt, between=("opposed.txt",)),
        Verb("purge", past, "purge", salt),
        Verb("consult --issue", served_home, "consult {home}/programme.csv --issue --dossier {home}/dossier.json"),
        Verb("export csv", invented, "export csv {home}/all.csv"),
        Verb("export xlsx", invented, "export xlsx {home}/all.xlsx"),
    ]
