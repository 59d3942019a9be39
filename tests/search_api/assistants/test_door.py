"""The door of assistants on the demonstration, opened by ``vivier mcp`` and asked by the client of the official SDK."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search_api.app import create_app
from search_api.assistants.door import TOOLS
from tests.house.walk import ROOT
from tests.ports import free_port
from tests.search_api.pages.demo import demonstration
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.settings import Settings

if TYPE_CHECKING:  # a second of processor, which every process that collects the tests would spend
    from mcp import Client, types
    from mcp.client.stdio import StdioServerParameters

pytestmark = pytest.mark.slow

_VIVIER = (sys.executable, "-c", "from vivier.cli import main; main()", "mcp")
_LOT = {"trade": ["entretien-espaces-verts"], "territory": ["departement:35"], "amount": 100_000, "months": 24}
_TRADE = {"trade": ["nettoyage-locaux"], "territory": ["FR"]}
Door = Callable[[], "Client"]


def client(at: Any, **options: Any) -> Client:
    from mcp import Client

    return Client(at, **options)


def process(home: Path) -> StdioServerParameters:
    """``vivier mcp`` in a process of its own."""
    from mcp.client.stdio import StdioServerParameters

    return StdioServerParameters(command=_VIVIER[0], args=list(_VIVIER[1:]), env=_environment(home))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Path:
    folder = tmp_path_factory.mktemp("assistants")
    with demonstration(folder, lexicon):
        return folder


@pytest.fixture(scope="module")
def api(home: Path, lexicon: Lexicon) -> Iterator[TestClient]:
    """The API on the same index, for comparison."""
    with closing(open_engine(Settings(home=home))) as engine, TestClient(create_app(engine, lexicon)) as client:
        yield client


def _environment(home: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    return clean | {"VIVIER_HOME": str(home), "PYTHONPATH": str(ROOT), "VIVIER_WORKERS": "1", **more}


@contextmanager
def opened(home: Path) -> Iterator[str]:
    """The address of ``vivier mcp --port``, in a process of its own."""
    port = free_port()
    command = (*_VIVIER, "--port", str(port))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment(home)) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Vivier sert les assistants sur http://127.0.0.1:")
            yield f"http://127.0.0.1:{port}/mcp"
            process.send_signal(signal.SIGINT)
            process.wait(20)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with opened(home) as address:
        yield address


@pytest.fixture(params=["stdio", "http"])
def door(request: pytest.FixtureRequest, home: Path) -> Door:
    """A client of each transport."""
    if request.param == "http":
        address: str = request.getfixturevalue("address")
        return lambda: client(address)
    return lambda: client(process(home))


@pytest.fixture
def http(address: str) -> Door:
    return lambda: client(address)


def asked(door: Door, questions: Callable[[Client], Awaitable[Any]]) -> Any:
    """What the questions bring back from a client that the door lets in."""
    from mcp import MCPError

    async def ask() -> Any:
        async with door() as client:
            try:
                return await questions(client)
            except MCPError as error:  # the task groups of the client would wrap it
                return error

    answer = anyio.run(ask)
    if isinstance(answer, MCPError):
        raise answer
    return answer


def call(door: Door, tool: str, **arguments: Any) -> types.CallToolResult:
    result: types.CallToolResult = asked(door, lambda client: client.call_tool(tool, arguments))
    return result


def text(result: types.CallToolResult) -> str:
    (block,) = result.content
    assert block.type == "text"
    return block.text


def without_time(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "meta": {name: value for name, value in body["meta"].items() if name != "took_ms"}}


def test_an_assistant_goes_from_a_need_to_the_sheet_and_the_lot_over_both_transports(
    door: Door, api: TestClient
) -> None:
    """One visit: every tool answers what the API answers at that address."""

    async def visit(client: Client) -> dict[str, Any]:
        bodies: dict[str, Any] = {"tools": [tool.name for tool in (await client.list_tools()).tools]}

        async def ask(tool: str, **arguments: Any) -> Any:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, text(result)
            bodies[tool] = result.structured_content
            return result.structured_content

        need = await ask("understand_need", text="entretien des espaces verts en Ille-et-Vilaine")
        assert need["query"]["trade"] == ["entretien-espaces-verts"]
        found = await ask("search_suppliers", q="espaces verts")
        supplier = found["results"][0]["id"]
        await ask("get_supplier", id=supplier)
        await ask("find_leads", supplier=supplier)
        buyers = await ask("rank_buyers", **_TRADE)
        await ask("get_buyer", siren=buyers["results"][0]["siren"])
        await ask("study_lot", **_LOT)
        await ask("list_sources")
        await ask("find_territories", q="Rennes")
        await ask("find_trades", q="nettoyage")
        return bodies

    bodies = asked(door, visit)
    assert bodies.pop("tools") == [tool.name for tool in TOOLS] and set(bodies) == {tool.name for tool in TOOLS}
    supplier, siren = bodies["get_supplier"]["supplier"]["id"], bodies["get_buyer"]["buyer"]["siren"]
    same = {
        "search_suppliers": "/v1/suppliers?q=espaces+verts&per_page=5",
        "get_supplier": f"/v1/suppliers/{supplier}",
        "find_leads": f"/v1/leads?supplier={supplier}&per_page=5",
        "rank_buyers": "/v1/buyers?trade=nettoyage-locaux&territory=FR&per_page=5",
        "get_buyer": f"/v1/buyers/{siren}",
    }
    for tool, url in same.items():
        assert without_time(bodies[tool]) == without_time(api.get(url).json()), tool
    study = api.get("/v1/feasibility", params=_LOT).json()
    assert {**bodies["study_lot"], "articles": []} == {**study, "articles": []}
    for article, whole in zip(bodies["study_lot"]["articles"], study["articles"], strict=True):
        assert article["excluded"] == whole["excluded"][:10] and article["excluded_count"] == len(whole["excluded"])
    assert bodies["list_sources"] == api.get("/v1/sources").json()


def test_what_is_found_says_its_producer_its_licence_and_its_date(http: Door) -> None:
    body = call(http, "search_suppliers", q="espaces verts").structured_content
    assert body["results"] and body["sources"]
    assert all(source["producer"] and source["licence"] and "updated_at" in source for source in body["sources"])


def test_a_refusal_is_the_one_of_the_api_and_names_each_field_to_correct(http: Door, api: TestClient) -> None:
    refused = call(http, "search_suppliers", trad=["x"], territory=["dep:35"])
    expected = api.get("/v1/suppliers", params={"trad": "x", "territory": "dep:35"}).json()
    assert refused.is_error and refused.structured_content["errors"] == expected["errors"]
    assert all(f"{error['field']} : {error['message']}" in text(refused) for error in expected["errors"])


def test_an_unknown_tool_is_refused_with_those_that_exist(http: Door) -> None:
    from mcp import MCPError

    with pytest.raises(MCPError, match=r"Outil inconnu\. Outils : understand_need, "):
        call(http, "search", q="x")


@pytest.fixture
def inside(api: TestClient, lexicon: Lexicon) -> Door:
    """The same server without a process between, for what does not depend on the transport."""
    from search_api.assistants.door import server

    return lambda: client(server(api.app, lexicon))  # type: ignore[arg-type]  # the application of the test client


@pytest.mark.parametrize(
    "given", [{}, {"id": ".."}, {"id": "a/../../dossiers"}, {"id": 12}, {"id": ""}, {"id": "é" * 90}]
)
def test_an_identifier_that_is_missing_or_no_identifier_never_becomes_an_address(inside: Door, given: Any) -> None:
    refused = call(inside, "get_supplier", **given)
    assert refused.is_error and text(refused).splitlines()[1].startswith("id : « id » ")
    assert "« search_suppliers »" in text(refused)


def test_a_supplier_that_is_not_there_is_said_in_french(inside: Door) -> None:
    refused = call(inside, "get_supplier", id="siret:00000000000000")
    assert refused.is_error and text(refused) == "Aucun fournisseur « siret:00000000000000 » dans l'index en service."


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_an_unknown_argument_is_refused_by_every_tool(inside: Door, tool: str) -> None:
    needed = {"id": "siret:1", "siren": "123456782", "q": "Rennes", "text": "tonte"}
    key = next(one.key for one in TOOLS if one.name == tool)
    refused = call(inside, tool, invented="x", **({key: needed[key]} if key else {}))
    assert refused.is_error and "invented : " in text(refused)


def test_pages_are_short_unless_more_is_asked_and_bounded_as_in_the_api(inside: Door) -> None:
    assert call(inside, "search_suppliers").structured_content["per_page"] == 5
    assert call(inside, "search_suppliers", per_page=12).structured_content["per_page"] == 12
    assert "per_page : " in text(call(inside, "search_suppliers", per_page=100_000))


def test_a_point_a_list_and_a_boolean_are_given_as_json(inside: Door) -> None:
    body = call(inside, "search_suppliers", near=[-1.68, 48.11], radius_km=30, kind=["EA", "ESAT"]).structured_content
    assert body["query"]["near"] == [-1.68, 48.11] and body["query"]["kind"] == ["EA", "ESAT"]
    assert "q : « q » attend un texte" in text(call(inside, "search_suppliers", q={"a": 1}))


def test_every_tool_describes_arguments_by_a_valid_schema_and_only_reads(inside: Door) -> None:
    tools = asked(inside, lambda client: client.list_tools()).tools
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert all(one["description"] for one in tool.input_schema["properties"].values()), tool.name
        assert tool.annotations.read_only_hint and tool.description


def test_a_page_of_another_site_and_another_name_of_host_are_turned_away(address: str) -> None:
    question = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accepted = {"Accept": "application/json, text/event-stream"}
    assert (
        httpx2.post(address, json=question, headers={**accepted, "Origin": "https://ailleurs.example"}).status_code
        == 403
    )
    assert httpx2.post(address, json=question, headers={**accepted, "Host": "ailleurs.example"}).status_code == 421
    assert httpx2.post(address, json={"text": "x" * 1_100_000}, headers=accepted).status_code == 413


def test_a_client_that_asks_too_much_is_told_how_long_to_wait(home: Path, lexicon: Lexicon) -> None:
    """The limit counts who is connected, not the server itself, which is this machine."""
    from search_api.assistants.door import over_http

    settings = Settings(home=home, rate=12, public_url="https://vivier.example.org")
    with closing(open_engine(settings)) as engine:
        app = over_http(create_app(engine, lexicon, settings=settings), lexicon, "127.0.0.1", settings.public_url)
        with TestClient(app, base_url="https://vivier.example.org", client=("203.0.113.7", 40_000)) as client:
            bodies = [_posted(client, "study_lot", _LOT) for _ in range(2)]
    assert not bodies[0]["isError"] and bodies[1]["isError"]
    assert bodies[1]["structuredContent"]["status"] == 429
    assert "Recommencez dans " in bodies[1]["content"][0]["text"]


def _posted(client: TestClient, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The result of a call that is posted as the protocol of 2025 writes it."""
    question = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    answer = client.post("/mcp", json=question, headers=headers)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_listening_everywhere_asks_for_the_address_of_the_service(home: Path) -> None:
    command = (*_VIVIER, "--port", str(free_port()), "--host", "0.0.0.0")
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(home), timeout=60, check=False)
    assert done.returncode == 1 and "VIVIER_PUBLIC_URL" in done.stderr


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
_NAMES = sorted({name for tool in TOOLS for name in (*tool.parameters.model_fields, tool.key or "q")})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tool=st.sampled_from([tool.name for tool in TOOLS]),
    arguments=st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=12), _VALUES, max_size=4),
)
@example("search_suppliers", {"q": "\ud800"})
@example("find_leads", {"\udfff": "x"})
@example("get_supplier", {"id": "v\n"})
def test_whatever_is_given_the_answer_is_an_answer_or_a_refusal_that_says_what_to_correct(
    knocking: Callable[..., types.CallToolResult], tool: str, arguments: dict[str, Any]
) -> None:
    result = knocking(tool, arguments)
    if result.is_error:
        assert result.structured_content["status"] in {400, 404, 414, 422}, (tool, arguments, text(result))
        assert text(result).strip()


@pytest.fixture
def knocking(api: TestClient) -> Callable[..., types.CallToolResult]:
    """Calls of the server without a client, which would refuse to write some values."""
    from mcp import types

    from search_api.assistants.door import _call

    def knock(tool: str, arguments: dict[str, Any]) -> types.CallToolResult:
        asked = types.CallToolRequestParams(name=tool, arguments=arguments)
        return anyio.run(_call, api.app, SimpleNamespace(request=None), asked)

    return knock


def test_the_library_that_is_not_there_is_asked_for_by_name(home: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from vivier.cli import main; main()"
    command = (sys.executable, "-c", code, "mcp")
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(home), timeout=60, check=False)
    assert done.returncode == 1 and "pip install 'vivier[mcp]'" in done.stderr


def test_a_process_answers_as_the_address_does_and_writes_nothing_to_its_error_stream(
    home: Path, http: Door, tmp_path: Path
) -> None:
    from mcp import MCPError
    from mcp.client.stdio import stdio_client

    async def questions(client: Client) -> list[Any]:
        found = await client.call_tool("search_suppliers", {"q": "confidentiel espaces verts"})
        refused = await client.call_tool("search_suppliers", {"trad": ["secret"], "territory": ["dep:35"]})
        assert refused.is_error
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("search", {"q": "secret"})
        return [without_time(found.structured_content), refused.structured_content["errors"], str(unknown.value)]

    log = tmp_path / "errors"
    with log.open("w") as stream:
        door = stdio_client(process(home), errlog=stream)
        answers = asked(lambda: client(door), questions)
    assert answers == asked(http, questions)
    assert log.read_text() == ""


def test_an_assistant_of_the_former_protocol_is_answered_over_both_transports(home: Path, address: str) -> None:
    """The handshake of 2025, which most assistants still make."""
    former: list[Door] = [lambda: client(process(home), mode="legacy"), lambda: client(address, mode="legacy")]
    for door in former:
        assert call(door, "find_trades", q="nettoyage").structured_content["total"] > 0
