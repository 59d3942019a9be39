"""A network sends the list of its members: each row kept or set aside with its reason, one request for the operator, on the sheets below what the
structures say themselves."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.publish import publish
from tests.given.conftest import REVIEW_TOKEN, House
from tests.given.declaring import FORM, pending, reviewed, send, structures, token_of
from tests.indexer.records import record, write_run
from tests.search_api.corpus import TODAY
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.declared import write_runs
from vivier.given.members import MOST_ROWS, read_members
from vivier.given.queue import Queue, queue_of
from vivier.given.requests import InvitationGone, Subject
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.search.operators import EVERY
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

NETWORK = "Réseau fictif"
HEAD = "Nom;SIRET;Métiers;Types de prestation;Zone d'intervention;Effectif;Volume;Ne fait pas;Références;Type;Courriel"
OPERATOR = {"Authorization": "Basic " + base64.b64encode(f"x:{REVIEW_TOKEN}".encode()).decode()}
BEARER = {"Authorization": f"Bearer {REVIEW_TOKEN}"}
CSV = {"Content-Type": "text/csv"}


def row(siret: str, **cells: str) -> str:
    """A row of a list; what is not given is what a good row says."""
    said = {
        "name": "Atelier",
        "trades": "blanchisserie",
        "types": "prestation",
        "zone": "departement:35",
        "staff": "12",
        "volume": "60 000 €",
        "not_done": "traiteur",
        "references": "Ville de l'Exemple",
        "kind": "ESAT",
        "mail": "contact@atelier.example",
        **cells,
    }
    return ";".join((said.pop("name"), siret, *said.values()))


def listed(house: House, *rows: str, status: int = 201, **headers: str) -> Mapping[str, Any]:
    """Sends a list by the API, as the operator."""
    content = "\n".join((HEAD, *rows)).encode()
    response = house.client.post(
        f"/v1/members-lists?network={NETWORK}", content=content, headers={**BEARER, **CSV, **headers}
    )
    assert response.status_code == status, response.text
    body: Mapping[str, Any] = response.json()
    return body


def test_each_row_is_kept_or_set_aside_with_its_line_and_its_reason(house: House) -> None:
    (_, first), (_, second), (_, third), (_, fourth) = structures(house)[:4]
    made = listed(
        house,
        row(first),
        row("123"),
        row(""),
        row("91000000900019"),
        row(first),
        row(second, trades="zzyzx"),
        row(third, trades="traiteur"),
        row(fourth, trades="", types="", zone="", staff="", volume="", not_done="", references=""),
        "trop;court",
        row(second, references="Mme Claire Dupont"),
        row(second, zone="quelque part"),
        row(second, volume="beaucoup"),
    )
    assert made["kept"] == 1 and made["unread_columns"] == ["Type", "Courriel"]
    assert [(left["line"], left["reason"]) for left in made["set_aside"]] == [
        (3, "siret_invalid"),
        (4, "siret_missing"),
        (5, "siret_unknown"),
        (6, "siret_twice"),
        (7, "trade_unknown"),
        (8, "declaration_invalid"),
        (9, "says_nothing"),
        (10, "cells_count"),
        (11, "declaration_invalid"),
        (12, "zone_invalid"),
        (13, "number_invalid"),
    ]
    assert "Retirez l'un des deux" in made["set_aside"][5]["text"]
    follow = house.client.get(made["links"]["follow"]).text
    assert "Lignes mises de côté" in follow and NETWORK in follow
    written = house.client.get(made["links"]["refusals"])
    assert written.headers["content-type"].startswith("text/csv") and len(written.text.splitlines()) == 12
    assert house.client.get("/revue/1/refus.csv", headers=OPERATOR).text == written.text
    assert house.client.get("/revue/1/refus.csv").status_code == 401


@pytest.mark.slow
def test_a_network_sends_its_list_by_its_link_and_the_operator_decides(house: House) -> None:
    id_, siret = structures(house)[0]
    token = house.queue.invite_network(NETWORK, house.clock.day, 30)
    page = house.client.get(f"/reseau/{token}")
    assert NETWORK in page.text and page.headers["cache-control"].startswith("no-store")
    file = {"file": ("membres.csv", "\n".join((HEAD, row(siret))).encode(), "text/csv")}
    response = house.client.post(f"/reseau/{token}", files=file, follow_redirects=False)
    assert response.status_code == 303
    assert "liste d’un réseau" in house.client.get("/revue", headers=OPERATOR).text.lower()
    assert "par le lien d’un réseau" in house.client.get("/revue/1", headers=OPERATOR).text
    sheet = f"/fournisseurs/{id_}"
    assert NETWORK not in house.client.get(sheet).text
    reviewed(house, "/revue/1", OPERATOR, action="accept")
    shown = house.client.get(sheet).text
    assert NETWORK in shown and "liste des membres du réseau" in shown
    assert "acceptée" in house.client.get(response.headers["location"]).text
    send(house, response.headers["location"], {"action": "withdraw"})
    assert NETWORK not in house.client.get(sheet).text and house.queue.members_in_force(house.clock.day) == []


@pytest.mark.slow
def test_a_former_list_of_the_network_is_replaced_whatever_its_writing(house: House) -> None:
    (_, first), (_, second) = structures(house)[:2]
    listed(house, row(first))
    listed(house, row(first))
    assert [request.state for request in house.queue.waiting(None)] == ["replaced", "pending"]
    house.queue.accept(2, house.clock.day)
    house.client.post(
        "/v1/members-lists?network=RESEAU FICTIF", content=f"{HEAD}\n{row(second)}".encode(), headers={**BEARER, **CSV}
    )
    assert [each.subject.siret for each in house.queue.members_in_force(house.clock.day)] == [first]
    house.queue.accept(3, house.clock.day)
    assert [each.subject.siret for each in house.queue.members_in_force(house.clock.day)] == [second]
    listed(house, row(first))
    house.queue.refuse(4, house.clock.day, "Liste incomplète")
    assert [each.subject.siret for each in house.queue.members_in_force(house.clock.day)] == [second]
    house.clock.later(366)
    assert house.queue.members_in_force(house.clock.day) == []
    house.clock.later(400)
    assert house.queue.purge(house.clock.day) == 4


def test_what_a_structure_says_itself_comes_before_its_network(house: House) -> None:
    id_, siret = structures(house)[0]
    listed(house, row(siret, trades="blanchisserie|traiteur", not_done=""))
    house.queue.accept(1, house.clock.day)
    send(house, f"/fournisseurs/{id_}/completer", {**FORM, "siret": siret, "refused1": "traiteur"})
    house.queue.accept(pending(house.queue).number, house.clock.day)
    body = house.client.get(f"/v1/suppliers/{id_}").json()["supplier"]
    said = [(offer["value"].get("trade"), offer["provenance"]["source_id"]) for offer in body["offers"]]
    assert said[:2] == [("elagage-abattage", "declared"), ("blanchisserie", "members")]
    assert "traiteur" not in {trade for trade, _ in said}


@pytest.mark.slow
def test_an_opposition_takes_the_structure_out_of_every_list(house: House) -> None:
    (id_, first), (_, second) = structures(house)[:2]
    listed(house, row(first), row(second))
    house.queue.accept(1, house.clock.day)
    send(house, f"/fournisseurs/{id_}/s-opposer", {"siret": first, "role": "Direction"})
    house.queue.accept(2, house.clock.day)
    assert [each.subject.siret for each in house.queue.members_in_force(house.clock.day)] == [second]
    house.queue.database.close()
    house.rounds.database.close()
    assert first.encode() not in b"".join(path.read_bytes() for path in house.settings.home.glob("given.sqlite*"))
    assert listed(house, row(first))["set_aside"][0]["reason"] == "siret_unknown"
    assert Opposition(house.settings).holds(first)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "vide"),
        (b"Nom;SIRET\n", "Aucune ligne"),
        (b"Nom\nx", "siret"),
        (b"SIRET\n1", "nom"),
        (b"Nom;SIRET;siret\nx;1;1", "Deux colonnes"),
        (b'Nom;SIRET\n"x;1', "guillemets"),
        (b"PK\x03\x04" + b"\x00" * 60, "Classeur Excel coupé"),
        (b"%PDF-1.7", "pas un CSV"),
        (b"<html><body>", "colonne"),
        (("Nom;SIRET\n" + "x;1\n" * (MOST_ROWS + 1)).encode(), "lignes au plus"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_clear_word(refusing: House, content: bytes, message: str) -> None:
    response = refusing.client.post("/v1/members-lists?network=R", content=content, headers={**BEARER, **CSV})
    assert response.status_code == 422 and message in response.text
    token = refusing.queue.invite_network(NETWORK, refusing.clock.day, 30)
    if content:
        page = refusing.client.post(f"/reseau/{token}", files={"file": ("x.csv", content)})
        assert page.status_code == 422 and 'href="#champ-file"' in page.text
    assert refusing.queue.waiting() == []


@pytest.mark.slow
def test_a_list_is_sent_by_who_may_alone(house: House) -> None:
    content = f"{HEAD}\n{row('1')}".encode()

    def status(path: str, **headers: str) -> int:
        return house.client.post(path, content=content, headers={**CSV, **headers}).status_code

    _, siret = structures(house)[0]
    (of_structure,) = house.queue.invite([siret], NETWORK, house.clock.day, 30).values()
    of_network = house.queue.invite_network(NETWORK, house.clock.day, 30)
    assert status("/v1/members-lists") == 401 and status("/v1/members-lists", Authorization="Basic x") == 401
    assert status("/v1/members-lists", Authorization="Bearer faux") == 404
    assert status("/v1/members-lists", Authorization=f"Bearer {of_structure}") == 404
    assert status("/v1/members-lists", **BEARER) == 422  # the operator names the network
    assert status("/v1/members-lists", Authorization=f"Bearer {of_network}") == 201
    assert house.client.get(f"/i/{of_network}").status_code == 404
    assert house.client.get(f"/reseau/{of_structure}").status_code == 404
    assert house.client.get("/reseau").status_code == 401 and house.client.post("/reseau").status_code == 401
    assert house.client.get("/reseau", headers=OPERATOR).status_code == 200
    file = {"file": ("x.csv", content)}
    away = house.client.post(f"/reseau/{of_network}", files=file, headers={"Origin": "https://ailleurs.example"})
    assert away.status_code == 403
    robot = house.client.post(f"/reseau/{of_network}", files=file, data={"fax": "x"})
    assert robot.status_code == 422 and "robots" in robot.text
    large = house.client.post("/v1/members-lists?network=R", content=b"x" * 5_000_001, headers={**BEARER, **CSV})
    assert large.status_code == 413
    house.clock.later(31)
    assert house.client.get(f"/reseau/{of_network}").status_code == 410
    with pytest.raises(InvitationGone):
        house.queue.invited_network(of_network, house.clock.day)


def test_the_operator_sends_a_list_by_the_form_of_its_page(house: House) -> None:
    _, siret = structures(house)[0]
    file = {"file": ("membres.csv", "\n".join((HEAD, row(siret))).encode(), "text/csv")}
    fields = {"jeton": token_of(house, "/reseau", OPERATOR), "network": NETWORK}
    sent = house.client.post("/reseau", files=file, data=fields, headers=OPERATOR, follow_redirects=False)
    assert sent.status_code == 303 and pending(house.queue).subject.name == NETWORK
    wrong = house.client.post("/reseau", files=file, data={**fields, "network": ""}, headers=OPERATOR)
    assert wrong.status_code == 422 and fields["jeton"] in wrong.text


def test_excel_s_own_encoding_and_other_separators_are_read(house: House) -> None:
    _, siret = structures(house)[0]
    for separator, encoding in ((";", "cp1252"), (",", "utf-8-sig"), ("\t", "utf-8")):
        text = f"Nom;SIRET;Métiers;Références\nAtelier;{siret};blanchisserie;Hôpital de Çà".replace(";", separator)
        made = read_members(text.encode(encoding), Snapshot(house.engine), house.lexicon)
        assert made.left == () and made.retained[0].content["references"] == ["Hôpital de Çà"]


def test_a_list_joins_the_next_build_below_the_structure_itself(tmp_path: Path, lexicon: Lexicon) -> None:
    told, engine = Settings(home=tmp_path), EmbeddedStore(tmp_path / "generations")
    siret = "90000000100017"
    write_run(told.records, "list", [record("list", "a", siret=siret, siren=siret[:9])])
    publish(engine, told, lexicon, skip_judged=True)
    (before,) = (hit.record for hit in Snapshot(engine).suppliers.scan(EVERY))
    queue = queue_of(told)
    text = f"Nom;SIRET;Métiers;Site web\nAutre nom;{siret};traiteur;https://reseau.example"
    queue.send_members(NETWORK, read_members(text.encode(), Snapshot(engine), lexicon), "network", TODAY)
    queue.accept(1, TODAY)
    assert _built(told, engine, queue, lexicon)["website"]["value"] == "https://reseau.example"
    subject = Subject(before["id"], siret, before["name"]["value"])
    queue.send("declaration", subject, {"website": "https://elle.example"}, TODAY)
    queue.accept(2, TODAY)
    found = _built(told, engine, queue, lexicon)
    assert found["website"]["value"] == "https://elle.example" and found["name"] == before["name"]
    assert found["offers"][0]["provenance"]["producer"] == NETWORK
    assert [other["value"] for other in found["others"]] == ["https://reseau.example"]
    queue.database.close()
    engine.close()


def _built(told: Settings, engine: EmbeddedStore, queue: Queue, lexicon: Lexicon) -> Any:
    write_runs(told, queue, TODAY)
    publish(engine, told, lexicon, skip_judged=True)
    (found,) = (hit.record for hit in Snapshot(engine).suppliers.scan(EVERY))
    return found


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: (HEAD + "\n" + text).encode("utf-8", "replace"))
    )
)
def test_whatever_is_sent_is_answered(house: House, content: bytes) -> None:
    response = house.client.post("/v1/members-lists?network=R", content=content, headers={**BEARER, **CSV})
    assert response.status_code in (201, 422)
