"""Every writing address about a structure, given anything: an answer of ours, never an error of the server."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.given.conftest import House, made_house
from tests.given.declaring import FORM, structures
from tests.given.test_declared import operator
from vivier.lexicon import Lexicon

pytestmark = pytest.mark.slow
FIELDS = (
    *FORM,
    "types2",
    "trade2",
    "km",
    "around",
    "refused1",
    "refused8",
    "siret",
    "fax",
    "fact",
    "right",
    "source",
    "role",
    "why",
    "action",
    "reason",
    "x",
)
MEDIA = (
    "application/json",
    "text/plain",
    "text/csv",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "",
)
MET = {200, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503}
LIKELY = (
    *("", "0", "-1", "1e309", "nan", "radius", "places", "country", "accept", "refuse", "withdraw", "address", "service"),
    *("Rennes", "departement:35", "FR", "commune:", ":", "Saint-Denis", "<script>alert(1)</script>", "' OR 1=1 --", "{{ 7*7 }}"),
    *("contact@atelier.example", "02 99 00 00 00", "https://atelier.example", "\u202e", "é" * 400, "\n".join("abcdefgh" * 9)),
)  # fmt: skip
values = st.one_of(st.sampled_from(LIKELY), st.text(max_size=60), st.sampled_from(tuple(FORM.values())))
forms = st.lists(st.tuples(st.sampled_from(FIELDS) | st.text(max_size=12), values), max_size=14)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[House]:
    with made_house(tmp_path_factory.mktemp("fuzzed"), lexicon) as house:
        yield house


def paths(house: House) -> list[str]:
    id_, siret = structures(house)[0]
    (token,) = house.queue.invite([siret], "Réseau fictif", house.clock.day, 30).values()
    network = house.queue.invite_network("Réseau fictif", house.clock.day, 30)
    sheets = [f"/fournisseurs/{id_}/{verb}" for verb in ("completer", "signaler", "s-opposer", "lien")]
    links = [f"/i/{token}", "/i/" + "0" * 40, "/suivi/" + "0" * 40, f"/reseau/{network}", "/reseau"]
    return [*sheets, *links, "/revue/1", "/fournisseurs/zz/completer"]


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_form_makes_the_server_fail(fuzzed: House, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(paths_once(fuzzed)))
    items = [(name, value) for name, value in data.draw(forms)]
    if data.draw(st.booleans()):
        items += [(name, value) for name, value in FORM.items() if name not in dict(items)]
    if data.draw(st.booleans()):
        items.append(("siret", structures_once(fuzzed)))
    body = urlencode(
        [(name.encode("utf8", "surrogatepass"), value.encode("utf8", "surrogatepass")) for name, value in items]
    )
    answered(fuzzed, path, body.encode(), "application/x-www-form-urlencoded")


@given(
    path=st.text(max_size=40),
    body=st.binary(max_size=300),
    media=st.sampled_from(MEDIA),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_nor_body_makes_the_server_fail(fuzzed: House, path: str, body: bytes, media: str) -> None:
    part = quote(path.encode("utf8", "surrogatepass"), safe="")
    for address in (f"/i/{part}", f"/suivi/{part}", f"/revue/{part}", f"/fournisseurs/{part}/signaler"):
        answered(fuzzed, address, body, media)
        assert fuzzed.client.get(address, headers={"Authorization": operator()}).status_code < 500
    for address in paths_once(fuzzed):
        answered(fuzzed, address, body, media)


def answered(house: House, path: str, body: bytes, media: str) -> None:
    headers = {"Authorization": operator(), **({"Content-Type": media} if media else {})}
    response = house.client.post(path, content=body, headers=headers, follow_redirects=False)
    assert response.status_code in MET, (path, body, response.text[:300])
    assert b"<script>alert" not in response.content
    if response.status_code == 303 and response.headers["location"].startswith("/suivi/"):
        shown = house.client.get(response.headers["location"])
        assert shown.status_code == 200 and "<script>alert" not in shown.text
        (request,) = [each for each in house.queue.waiting(None) if each.state in ("pending", "accepted")][-1:]
        house.queue.withdraw(request.number, house.clock.day)


_PATHS: dict[int, list[str]] = {}
_SIRETS: dict[int, str] = {}


def paths_once(house: House) -> list[str]:
    return _PATHS.setdefault(id(house), paths(house)) if id(house) not in _PATHS else _PATHS[id(house)]


def structures_once(house: House) -> str:
    return _SIRETS.setdefault(id(house), structures(house)[0][1]) if id(house) not in _SIRETS else _SIRETS[id(house)]
