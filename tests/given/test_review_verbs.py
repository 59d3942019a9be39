"""``vivier review``, ``invite``, ``backup`` and ``restore``, as typed."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import orjson
import pytest

from tests.cli.typed import told as run
from tests.given.opened_round import refused_by_one
from tests.given.test_declared import CONTENT
from tests.search_api.conftest import serve_corpus
from tests.search_api.corpus import TODAY
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.members import read_members
from vivier.given.queue import queue_of
from vivier.given.requests import Subject
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

pytestmark = pytest.mark.slow

SALT = {"VIVIER_OPPOSITION_SALT": "un sel assez long pour servir"}
PUBLIC = {"VIVIER_PUBLIC_URL": "https://vivier.example"}


@pytest.fixture
def home(tmp_path: Path, lexicon: Lexicon) -> Path:
    serve_corpus(Settings(home=tmp_path).generations, lexicon).close()
    return tmp_path


def sirets(home: Path) -> list[str]:
    lines = run(home, "export", "jsonl", str(home / "all.jsonl"))
    assert lines
    rows = map(orjson.loads, (home / "all.jsonl").read_bytes().splitlines())
    return [row["siret"] for row in rows if row.get("siret")]


def sent(home: Path, kind: str = "declaration", siret: str = "90000000100017") -> None:
    queue = queue_of(Settings(home=home))
    content = CONTENT if kind == "declaration" else {"role": "Direction"}
    queue.send(kind, Subject("x", siret, "Atelier fictif"), content, TODAY)  # type: ignore[arg-type]
    queue.database.close()


def test_requests_are_listed_read_accepted_refused_and_withdrawn(home: Path) -> None:
    sent(home)
    sent(home)
    assert "2 demandes attendent une décision" in run(home, "doctor", code=1)
    assert "2 demandes" in run(home, "review") and "Atelier fictif" in run(home, "review", "list")
    shown = run(home, "review", "show", "1").replace("\u00a0", " ")
    assert "Blanchisserie" in shown and "1 autre demande sur ce sujet attend : n° 2." in shown
    assert "acceptée" in run(home, "review", "accept", "1")
    assert "dites pourquoi" in run(home, "review", "refuse", "2", code=2)
    assert "sans nom" in run(home, "review", "refuse", "2", "--reason", "Voir M. Claude Dupont", code=2)
    assert "Motif : Hors sujet" in run(home, "review", "refuse", "2", "--reason", "Hors sujet")
    assert "déjà décidée" in run(home, "review", "accept", "2", code=1)
    assert "retirée" in run(home, "review", "withdraw", "1")
    assert "Aucune demande n° 9" in run(home, "review", "show", "9", code=1)
    assert "Donnez le numéro" in run(home, "review", "accept", code=2)
    assert "0 demande" in run(home, "review") and "2 demandes" in run(home, "review", "list", "--all")
    notes = [orjson.loads(line) for line in (home / "audit.jsonl").read_bytes().splitlines()]
    assert [note["decision"] for note in notes if note["verb"] == "review"] == ["accepted", "refused", "withdrawn"]
    assert "90000000100017" not in (home / "audit.jsonl").read_text(encoding="utf8")


def test_an_opposition_is_accepted_only_with_a_salt(home: Path) -> None:
    sent(home, "opposition")
    assert "VIVIER_OPPOSITION_SALT" in run(home, "review", "accept", "1", code=1)
    assert "à décider" in run(home, "review", "show", "1")
    assert "acceptée" in run(home, "review", "accept", "1", **SALT)
    assert (home / "opposed.txt").exists()


def test_a_network_invites_the_structures_of_a_file(home: Path) -> None:
    own = sirets(home)[:3]
    (home / "members.csv").write_text(
        "Nom;SIRET\n" + "".join(f"a;{siret}\n" for siret in (*own, own[0], "12", "91000000900019")), encoding="utf8"
    )
    words = ("invite", str(home / "members.csv"), str(home / "links.csv"))
    assert "VIVIER_PUBLIC_URL" in run(home, *words, code=2)
    assert "--network" in run(home, *words, "--network", "M. Claude Dupont", code=2, **PUBLIC)
    done = run(home, *words, "--network", "Réseau fictif", **PUBLIC)
    assert "3 liens" in done and "SIRET répétés" in done and "SIRET non valides" in done and "sans fiche" in done
    content = (home / "links.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert [row["SIRET"] for row in rows] == own
    links = [row["Lien personnel"] for row in rows]
    assert all(re.fullmatch(r"https://vivier\.example/i/[0-9a-f]{40}", link) for link in links)
    stored = b"".join(path.read_bytes() for path in home.glob("given.sqlite*"))
    assert not any(link.rpartition("/")[2].encode() in stored for link in links)
    assert "existe déjà" in run(home, *words, code=2, **PUBLIC)


@pytest.mark.parametrize("content", ["", "Nom;Ville\na;b\n", "Nom;SIRET\na;12\n"])
def test_a_file_without_a_known_siret_invites_nobody(home: Path, content: str) -> None:
    (home / "members.csv").write_text(content, encoding="utf8")
    run(home, "invite", str(home / "members.csv"), str(home / "links.csv"), code=2, **PUBLIC)
    assert not (home / "links.csv").exists()


def test_an_archive_is_made_and_put_back(home: Path, tmp_path: Path) -> None:
    sent(home)
    assert "1 fichier" in run(home, "backup", str(tmp_path / "copy.tar.gz"))
    assert "existe déjà" in run(home, "backup", str(tmp_path / "copy.tar.gz"), code=2)
    assert "--replace" in run(home, "restore", str(tmp_path / "copy.tar.gz"), code=2)
    run(home, "review", "withdraw", "1")
    run(home, "restore", str(tmp_path / "copy.tar.gz"), "--replace")
    assert "à décider" in run(home, "review", "show", "1")
    (tmp_path / "bad.tar.gz").write_bytes(b"no archive")
    assert "rien n'a été remis" in run(home, "restore", str(tmp_path / "bad.tar.gz"), code=1).lower()
    run(home, "restore", str(tmp_path / "nothing"), code=2)


def test_the_link_of_a_network_is_printed_once_and_its_list_is_decided(home: Path) -> None:
    assert "VIVIER_PUBLIC_URL" in run(home, "invite-network", "Réseau fictif", code=2)
    assert "jamais une personne" in run(home, "invite-network", "M. Claude Dupont", code=2, **PUBLIC)
    link = re.search(
        r"https://vivier\.example/reseau/([0-9a-f]{40})", run(home, "invite-network", "Réseau fictif", **PUBLIC)
    )
    assert link is not None
    queue, engine, lexicon = (
        queue_of(Settings(home=home)),
        EmbeddedStore(Settings(home=home).generations),
        load_lexicon(),
    )
    assert queue.invited_network(link[1], TODAY).network == "Réseau fictif"
    text = f"Nom;SIRET;Métiers\nAtelier;{sirets(home)[0]};blanchisserie\nAutre;12;blanchisserie"
    queue.send_members("Réseau fictif", read_members(text.encode(), Snapshot(engine), lexicon), "network", TODAY)
    queue.database.close()
    engine.close()
    assert "liste d'un réseau" in run(home, "review") and "Réseau fictif" in run(home, "review")
    shown = run(home, "review", "show", "1")
    assert "Lignes gardées : 1" in shown and "Ligne 3 mise de côté" in shown and "par le lien d'un réseau" in shown
    assert "acceptée" in run(home, "review", "accept", "1")


def test_what_answers_teach_is_listed_and_withdrawn(home: Path) -> None:
    assert "0 réponse" in run(home, "review", "learnt")
    refused_by_one(Settings(home=home), TODAY)
    listed = run(home, "review", "learnt")
    assert "ce n'est pas son métier" in " ".join(listed.replace("│", " ").split()) and "1 réponse" in listed
    named = re.search(r"[0-9a-f]{12}-\d+", listed)
    assert named is not None
    assert "prochaine construction" in run(home, "review", "unlearn", "--lesson", named[0])
    assert "retirée" in run(home, "review", "learnt")
    assert "Aucune réponse à retirer" in run(home, "review", "unlearn", "--lesson", named[0], code=1)
    assert "LESSON" in run(home, "review", "unlearn", "--lesson", "tout", code=2)
