"""What forgers, floods and chance send to the forms about a structure: a clear word each, nothing kept, never an error of ours."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.given.conftest import House
from tests.given.declaring import FORM, send, structures
from vivier.given.queue import MOST_A_DAY
from vivier.settings import Settings

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.slow
def test_a_script_in_any_field_is_shown_as_text_or_refused(house: House) -> None:
    id_, siret = structures(house)[0]
    for field in (*(name for name in FORM if name != "types1"), "siret", "km", "around", "refused1"):
        zone = {"zone": "radius", "km": "30"} if field in ("km", "around") else {}
        response = house.client.post(
            f"/fournisseurs/{id_}/completer", data={**FORM, "siret": siret, **zone, field: SCRIPT}
        )
        assert response.status_code in (200, 422) and SCRIPT not in response.text, field


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"siret=%ff%fe&trade1=x", 400),
        ("siret=é".encode("latin-1"), 400),
        (b"siret=" + b"1" * 1_000_001, 413),
        (b"&".join(b"a%d=1" % n for n in range(2_001)), 400),
        (b"siret=1&siret=2", 422),
        (b"cannot=" + b"x" * 20_001, 422),
    ],
)
def test_a_body_that_nobody_types_is_refused_in_french(refusing: House, content: bytes, status: int) -> None:
    id_, _ = structures(refusing)[0]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = refusing.client.post(f"/fournisseurs/{id_}/completer", content=content, headers=headers)
    assert response.status_code == status and "Internal" not in response.text
    assert refusing.queue.waiting() == []


@pytest.mark.slow
def test_a_token_of_another_structure_of_another_day_or_used_opens_nothing(house: House) -> None:
    (id_, siret), (_, other) = structures(house)[:2]
    (token,) = house.queue.invite([siret], "Réseau fictif", house.clock.day, 30).values()
    assert house.client.post(f"/i/{token}", data={**FORM, "siret": other}).status_code == 422
    send(house, f"/i/{token}", {**FORM, "siret": siret})
    used = house.client.post(f"/i/{token}", data={**FORM, "siret": siret})
    assert used.status_code == 410 and "déjà servi" in used.text
    (late,) = house.queue.invite([siret], "", house.clock.day, 30).values()
    house.clock.later(31)
    ended = house.client.post(f"/i/{late}", data={**FORM, "siret": siret})
    assert ended.status_code == 410 and "plus valable" in ended.text
    for forged in (token[:-1] + ("0" if token[-1] != "0" else "1"), token.upper(), f"{token}0"):
        assert house.client.post(f"/i/{forged}", data={**FORM, "siret": siret}).status_code == 404
    assert [request.subject.siret for request in house.queue.waiting(None)] == [siret]
    assert house.client.get(f"/fournisseurs/{id_}").status_code == 200


@pytest.mark.slow
def test_a_flood_of_one_client_is_limited_and_told_when_to_come_back(house: House) -> None:
    bounds = Settings.model_validate({"home": house.settings.home, "rate": 300})
    app = create_app(house.engine, house.lexicon, today=house.clock, queue=house.queue, settings=bounds)
    id_, siret = structures(house)[0]
    met: Counter[int] = Counter()
    waits: set[int] = set()
    with TestClient(app, client=("203.0.113.9", 50_000)) as client:
        for _ in range(400):
            response: Any = client.post(
                f"/fournisseurs/{id_}/completer", data={**FORM, "siret": siret}, follow_redirects=False
            )
            met[response.status_code] += 1
            if response.status_code == 429:
                waits.add(int(response.headers["retry-after"]))
    assert met.keys() <= {303, 429} and met[303] == MOST_A_DAY["declaration"]
    assert min(waits) > 0 and len(house.queue.waiting()) == MOST_A_DAY["declaration"]
