"""Documentation under test: what the code declares is written down, links lead somewhere, generated pages are fresh."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from crawlers.registry import sources
from crawlers.scaffold.text import TO_FILL
from crawlers.words import ASIDES, ISSUES, SKIPS
from indexer.joined import COUNTS
from indexer.words import MERGE
from scripts.build_docs import GENERATED, stale
from scripts.build_views import VIEWS, written
from scripts.docs.markdown import WIDTH
from tests.house.committed import texts
from tests.house.walk import ROOT, modules
from vivier import vocabulary
from vivier.cli.command import app
from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.runs.context import CARDS
from vivier.search import scoring
from vivier.search.query import filters
from vivier.search.words import SUPPLIERS
from vivier.settings import Settings, variables
from vivier.suppliers.query import FIELDS, SupplierQuery
from vivier.territory.issues import ISSUES as ADDRESS_ISSUES

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
AROUND = tuple(
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "deploy/README.md")
)
MADE = {*GENERATED.glob("*.md"), DOCS / "judged.md"}
WRITTEN = (*AROUND, *(page for page in PAGES if page not in MADE))
"""Pages written by hand."""
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
EXAMPLE = re.compile(r"^```(?:csv|jsonl)\n.*?^```$", re.DOTALL | re.MULTILINE)
WORDS = 55_000
"""Most words of the pages written by hand; pages of ``docs/generated`` and ``docs/judged.md`` are made by a command and are not counted."""


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf8")


def missing(words: Iterable[str], name: str) -> list[str]:
    """The words that a page does not hold as code."""
    return [word for word in words if f"`{word}`" not in read(name)]


def verbs() -> list[str]:
    return [command.name for command in app.registered_commands if command.name]


def test_every_query_parameter_is_in_the_api_page() -> None:
    assert missing(SupplierQuery.model_fields, "docs/generated/api-suppliers.md") == []


def test_every_facet_and_part_of_a_result_is_in_the_api_page() -> None:
    facets = [name for name, filter_ in filters(SupplierQuery).items() if filter_.facet]
    assert [word for word in (*facets, *FIELDS) if word not in read("docs/generated/api-suppliers.md")] == []


def test_every_verb_of_the_command_line_is_in_the_page_on_operating() -> None:
    assert [verb for verb in verbs() if f"`vivier {verb}" not in read("docs/operate.md")] == []


def test_the_page_on_operating_names_no_verb_that_does_not_exist() -> None:
    named = {verb for name in _names({*WRITTEN, *PAGES}) for verb in re.findall(r"`vivier ([a-z][a-z-]*)", read(name))}
    assert named <= set(verbs())


def settings_of(name: str) -> dict[str, tuple[str, str]]:
    """Meaning and default of the settings in the tables of a page."""
    rows = re.findall(r"^\| `VIVIER_(\w+)` \| (.+) \| (.+) \|$", read(name), re.MULTILINE)
    assert len({setting for setting, _, _ in rows}) == len(rows)
    return {setting.lower(): (meaning, default) for setting, meaning, default in rows}


def test_every_setting_is_documented_with_its_meaning_and_default() -> None:
    rows = settings_of("docs/generated/settings.md")
    assert rows.keys() == Settings.model_fields.keys()
    for setting, info in Settings.model_fields.items():
        assert info.description and rows[setting][0] == info.description.replace("|", "\\|"), setting
        if isinstance(info.default, str) and info.default:
            assert f"`{info.default}`" in rows[setting][1], setting


def test_the_readme_shows_eight_settings_as_the_whole_list_does_and_fits_ninety_lines() -> None:
    shown, every = settings_of("README.md"), settings_of("docs/generated/settings.md")
    assert len(shown) == 8
    assert {setting: default for setting, (_, default) in shown.items()} == {
        setting: every[setting][1] for setting in shown
    }
    assert len(read("README.md").splitlines()) <= 90


def test_no_line_of_a_page_is_over_the_width() -> None:
    """Targets of links, rows of generated tables and examples of CSV and JSON lines are not counted: they cannot be cut."""
    wide = []
    for page in {*WRITTEN, *PAGES}:
        for line in EXAMPLE.sub("", read(_name(page))).splitlines():
            shown = re.sub(r"\]\([^)\s]+\)", "]", line)
            if len(shown) > WIDTH and not (page in MADE and line.startswith("|")):
                wide.append(f"{_name(page)}: {line[:60]}…")
    assert sorted(wide) == []


def test_the_pages_written_by_hand_can_be_read() -> None:
    words = {_name(page): len(read(_name(page)).split()) for page in WRITTEN}
    longest = sorted(words, key=words.__getitem__)[-3:]
    assert sum(words.values()) <= WORDS, f"cut as many words as you add, in {', '.join(longest)} or elsewhere"


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {*variables(), "VIVIER_SHARED_DATA", "VIVIER_CHROMIUM"}
    for name in ("docker-compose.yml", "Dockerfile", *_names({*WRITTEN, *PAGES})):
        assert set(re.findall(r"\bVIVIER_[A-Z_]+[A-Z]\b", read(name))) <= known, name


@pytest.mark.parametrize(
    "words",
    [
        KINDS,
        ARTICLE_NAMES,
        LABELS,
        vocabulary.SERVICE_TYPES,
        vocabulary.EVIDENCES,
        vocabulary.COVERAGE_CLASSES,
        vocabulary.BASES,
        vocabulary.COMPONENTS,
        {**SKIPS, **ASIDES, **ISSUES, **ADDRESS_ISSUES, **MERGE},
    ],
)
def test_every_word_of_the_vocabulary_is_in_its_page(words: dict[str, object]) -> None:
    assert missing(words, "docs/generated/vocabulary.md") == [], "run: python -m scripts.build_docs"


@pytest.mark.parametrize("words", [KINDS, vocabulary.EVIDENCES, vocabulary.COVERAGE_CLASSES, vocabulary.BASES])
def test_the_words_of_an_answer_are_explained_in_concepts(words: dict[str, object]) -> None:
    assert missing(words, "docs/concepts.md") == [], "name each, between backquotes, in docs/concepts.md"


def test_every_source_has_its_line_and_its_section() -> None:
    for name, source in sources().items():
        assert f"| [{name}](#{name}) | {source.card.title} |" in read("docs/generated/sources.md")
        assert f"\n## {name}\n" in read("docs/generated/sources.md")


def test_every_context_and_area_is_in_the_page_on_context() -> None:
    assert missing((*CARDS, *vocabulary.ZONES), "docs/context.md") == []


def test_a_source_is_called_like_its_file() -> None:
    for name, source in sources().items():
        assert f"crawlers.sources.{name}" in modules()
        assert source.card.id == name


def test_no_card_is_left_to_fill_in() -> None:
    """What « vivier new-source » leaves to a person is written before the source is documented."""
    for name, source in sources().items():
        module = importlib.import_module(f"crawlers.sources.{name}")
        assert TO_FILL not in f"{source.card} {module.__doc__}", f"fill in crawlers/sources/{name}.py"


@pytest.mark.slow
def test_the_types_of_stored_records_are_those_of_the_models() -> None:
    assert VIEWS.read_text(encoding="utf8") == written(), "run: python -m scripts.build_views"


def test_a_stale_page_is_seen(tmp_path: Path) -> None:
    (tmp_path / "sources.md").write_text("as it was", encoding="utf8")
    built = {"sources.md": "as it is", "vocabulary.md": "as it is"}
    assert list(stale(built, tmp_path)) == ["sources.md", "vocabulary.md"]
    (tmp_path / "sources.md").write_text("as it is", encoding="utf8")
    assert list(stale(built, tmp_path)) == ["vocabulary.md"]


FIGURES_OF_PARTS = {
    "wish": (1,),
    "valid": (1,),
    "words": (*scoring.FIELD_VALUES.values(), scoring.SYNONYM_KEEPS, scoring.CORRECTION_KEEPS),
    "phrase": tuple(value for _, _, value in SUPPLIERS.phrase),
    "trade": (scoring.EVIDENCE_STEPS["declared"], scoring.EVIDENCE_STEPS["name"], scoring.NARROWER_KEEPS),
    "coverage": (
        *(scoring.COVERAGE_STEPS[name] for name in ("whole", "full", "touch")),
        *(scoring.NATION_KEEPS, scoring.INFERRED_KEEPS),
    ),
    "distance": (scoring.DISTANCE_SCALE_KM,),
    "capacity": (1, scoring.CAPACITY_SHARE * 100, 0.5, 0),
    "freshness": (1, scoring.FRESHNESS_STEPS_DAYS[0][0], 0, round(scoring.FRESHNESS_STEPS_DAYS[-1][0] / 30.4)),
}
"""Figures in the order in which the page on concepts writes them, the weight left out."""


@pytest.mark.parametrize("part", scoring.WEIGHTS)
def test_the_page_on_concepts_gives_the_figures_of_the_score(part: str) -> None:
    (row,) = re.findall(rf"^\| {part} \| .*? \| (.*) \|$", read("docs/concepts.md"), re.MULTILINE)
    written = [float(figure) for figure in re.findall(r"(?:\d*\.)?\d+", row)]
    assert written == [*FIGURES_OF_PARTS[part], scoring.WEIGHTS[part]]


def test_every_page_is_linked_from_the_index_and_from_the_readme() -> None:
    linked = set(LINK.findall(read("docs/index.md")))
    assert {str(page.relative_to(DOCS)) for page in PAGES} - {"index.md"} <= linked
    assert "docs/index.md" in LINK.findall(read("README.md"))


@pytest.mark.slow
def test_no_relative_link_is_dead() -> None:
    dead = []
    for path, text in texts().items():
        if path.suffix != ".md":
            continue
        for target in LINK.findall(text):
            page, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", page) is None and not _leads_somewhere(path, page, anchor):
                dead.append(f"{path.relative_to(ROOT)}: {target}")
    assert dead == []


def _leads_somewhere(path: Path, page: str, anchor: str) -> bool:
    found = path if not page else path.parent / page
    return found.exists() and (not anchor or anchor in _anchors(found))


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for name in _names({*WRITTEN, *PAGES}):
        assert set(re.findall(r"(?:^|`)make ([a-z]+)", read(name), re.MULTILINE)) <= targets, name
    assert {"demo", "test", "bench", "lint", "opensearch"} <= targets


def test_a_file_named_in_the_documentation_exists() -> None:
    """Names of files of the house, written as code, lead to a file; « <id> » stands for any name."""
    for page in {*WRITTEN, *PAGES}:
        named = re.findall(
            r"`((?:vivier|mappings|crawlers|indexer|search_api|tests|benchmarks|scripts)/[\w./<>-]+)`",
            read(_name(page)),
        )
        for path in named:
            assert any(ROOT.glob(path.replace("<id>", "*").rstrip("/"))), f"{page.name}: {path}"


def test_the_rooms_table_of_the_architecture_page_is_the_one_enforced() -> None:
    from tests.house.test_rooms import MAY_IMPORT

    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", read("docs/architecture.md"), re.MULTILINE))
    for room, known in MAY_IMPORT.items():
        told = set(re.findall(r"`(\w+)`", rows[room].partition(";")[0]))
        assert told == known - {room}, room


def test_counts_of_the_merge_have_their_french_words() -> None:
    assert set(COUNTS) <= set(MERGE)


def test_issues_of_addresses_have_their_french_words() -> None:
    """Every issue the resolver may report is a word of its table, and the table holds no other."""
    source = (ROOT / "vivier" / "territory" / "address.py").read_text(encoding="utf8")
    emitted = {
        word
        for word in re.findall(r"[\"`]([a-z]+(?:_[a-z]+)+)[\"`]", source)
        if re.match(r"arr|comm|point|post|town", word)
    }
    steps = {"post_code_and_name", "post_code", "commune_code"}
    assert emitted - steps == set(ADDRESS_ISSUES)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _names(paths: Iterable[Path]) -> list[str]:
    return [_name(path) for path in paths]
