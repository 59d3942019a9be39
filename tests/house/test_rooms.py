"""The table of HOUSE: who may import whom, where engines live, what an import may do, who catches what."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.house.walk import ROOMS, ROOT, all_imports, circles, import_graph, modules, tree

pytestmark = pytest.mark.slow

MAY_IMPORT = {
    "vivier": {"vivier", "mappings"},
    "mappings": {"mappings"},
    "crawlers": {"crawlers", "vivier"},
    "indexer": {"indexer", "vivier"},
    "search_api": {"search_api", "vivier"},
}
OUTSIDE = {"benchmarks", "tests", "scripts"}
ENGINE_LIBRARIES = {"tantivy": {"vivier.engine.embedded.words"}, "opensearchpy": {"vivier.engine.opensearch.client"}}
_IMPORT_EVERYTHING = """
import importlib, json, sys
root, names = sys.argv[1], json.loads(sys.argv[2])
met = []
current = ""
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(root):
        # the virtual environment may stand in the repository: what libraries open is theirs
        if not arguments[0].endswith((".py", ".pyc")) and not any(p in arguments[0] for p in ("__pycache__", "site-packages")):
            met.append(f"{current} opens {arguments[0][len(root):]}")
    elif event in ("socket.connect", "subprocess.Popen", "os.mkdir", "shutil.rmtree"):
        met.append(f"{current} does {event}")
sys.addaudithook(watch)
for current in names:
    importlib.import_module(current)
print(json.dumps(met))
"""


def test_a_room_imports_only_the_rooms_it_may_know() -> None:
    ours = {*ROOMS, *OUTSIDE}
    wrong = [
        str(found)
        for found in all_imports()
        if found.room in ours
        and found.room not in MAY_IMPORT[found.module.partition(".")[0]]
        and not found.module.startswith("vivier.cli")
    ]
    assert wrong == []


def test_folders_of_tests_are_called_like_what_they_test() -> None:
    """A package, a module or a benchmark has that name; the tools of the tests are the others."""
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    names = {part for folder in folders if "fixtures" not in folder.parts for part in folder.parts}
    known = {part for module in modules() for part in module.split(".")} | {
        path.stem for path in (ROOT / "benchmarks").glob("*.py")
    }
    assert names - known == {"house", "opensearch_node", "world"}


def test_no_files_import_one_another_in_a_circle() -> None:
    """An import made for types only counts too: a reader of one file must read the other."""
    assert circles(import_graph()) == []


def test_a_circle_of_imports_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"a"}}
    assert circles(graph) == [("a", "b", "c")]


def test_the_command_line_imports_nothing_outside_the_house() -> None:
    assert [
        str(found) for found in all_imports() if found.module.startswith("vivier.cli") and found.room in OUTSIDE
    ] == []


def test_nobody_imports_the_command_line() -> None:
    assert [
        str(found)
        for found in all_imports()
        if found.target.startswith("vivier.cli") and not found.module.startswith("vivier.cli")
    ] == []


@pytest.mark.parametrize("library", ENGINE_LIBRARIES)
def test_an_engine_library_is_imported_by_one_file_of_the_engine_room(library: str) -> None:
    importers = {found.module for found in all_imports() if found.room == library}
    assert importers == ENGINE_LIBRARIES[library]


def test_no_module_reads_a_table_or_touches_the_world_when_imported() -> None:
    """One process imports every module of the house while Python's own audit events are watched. It keeps no bytecode: that makes folders."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", _IMPORT_EVERYTHING, f"{ROOT}/", json.dumps(list(modules()))],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_no_module_of_the_house_catches_everything() -> None:
    wrong = [f"{module}:{line}" for module in modules() for line in _broad_handlers(tree(module))]
    assert wrong == []


def _broad_handlers(parsed: ast.Module) -> Iterator[int]:
    for node in ast.walk(parsed):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {name.id for name in caught if isinstance(name, ast.Name)}
            if node.type is None or names & {"Exception", "BaseException"}:
                yield node.lineno


def test_each_file_of_tests_has_a_name_of_its_own() -> None:
    """Pytest imports them by their name alone."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
