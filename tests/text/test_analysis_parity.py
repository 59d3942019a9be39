"""Our reading of mappings/analysis.json against a real OpenSearch node reading the same file."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pytest
from opensearchpy import OpenSearch

from mappings import load_json, read_table
from vivier.text import Token, load_analysis
from vivier.text.folding import fold
from vivier.text.stemmer import light_stem

pytestmark = pytest.mark.slow

INDEX = "analysis-parity"
ANALYZERS = ("french", "french_search", "name", "prefix")
BATCH = 2000


@pytest.fixture(scope="module")
def node(opensearch_url: str) -> Iterator[OpenSearch]:
    """A client on a node whose index INDEX has the settings of mappings/analysis.json as they are."""
    client = OpenSearch(opensearch_url, timeout=60)
    settings = {"analysis": load_json("analysis"), "index": {"analyze.max_token_count": 1_000_000}}
    client.indices.create(index=INDEX, body={"settings": settings})
    yield client
    client.indices.delete(index=INDEX)
    client.close()


@pytest.fixture(scope="module")
def labels() -> list[str]:
    """Whole labels of the reference tables: communes, EPCI, CPV, NAF, trade words, and the rules of the synonyms."""
    communes = [row["nom"] for row in read_table("communes")]
    epci = [row["nom"] for row in read_table("epci")]
    codes = [row.get("label_fr") or row["label"] for table in ("cpv", "naf") for row in read_table(table)]
    trades = [word for row in read_table("trades") for word in (row["name"], *row["words"].split("|"))]
    rules = load_json("analysis")["filter"]["trade_synonyms"]["synonyms"]
    return sorted({unicodedata.normalize("NFC", label) for label in (*communes, *epci, *codes, *trades, *rules)})


@pytest.fixture(scope="module")
def words(labels: list[str]) -> list[str]:
    """The distinct words of the labels, elided article and hyphenated parts kept: « d'Ailly », « Ailly-le »."""
    found = (re.findall(r"\w+(?:['’]\w+)?", label.lower()) for label in labels)
    return sorted(set(itertools.chain.from_iterable(found)))


def test_twenty_thousand_french_words_give_the_same_tokens(node: OpenSearch, words: list[str]) -> None:
    assert len(words) >= 20_000
    for analyzer in ANALYZERS:
        _assert_same(node, analyzer, words)


def test_whole_labels_give_the_same_tokens_at_the_same_places(node: OpenSearch, labels: list[str]) -> None:
    for analyzer in ANALYZERS:
        _assert_same(node, analyzer, labels)


def test_capitals_without_accents_as_in_official_files_give_the_same_tokens(
    node: OpenSearch, words: list[str], labels: list[str]
) -> None:
    shouted = [fold(text).upper() for text in (*words[::3], *labels[::5])]
    for analyzer in ANALYZERS:
        _assert_same(node, analyzer, shouted)


def test_every_ending_of_the_stemmer_is_cut_as_lucene_cuts_it(node: OpenSearch) -> None:
    """Made-up words: each beginning with each ending, so that every rule meets words too short and long enough."""
    beginnings = ["", "a", "o", "ch", "tri", "cou", "form", "bell", "actual", "vérif", "édu", "profession", "2000"]
    listed = """
        issement issant ement ivement ficatrice ficateur catrice cateur atrice ateur trice ième teuse teur euse ère ive
        folle molle nnelle nnel ète ique esse inage isation ualisation isateur ation ition ie er ée ées eaux aux oux x
        s r re ree ll tte é ô ùs ç ières chère gères
    """
    endings = listed.split()
    made_up = [start + end + plural for start in beginnings for end in endings for plural in ("", "s", "x")]
    filters = [{"type": "stemmer", "language": "light_french"}]
    body = {"tokenizer": "keyword", "filter": filters, "text": made_up}
    stems = [token["token"] for token in node.indices.analyze(body=body)["tokens"]]
    assert dict(zip(made_up, map(light_stem, made_up), strict=True)) == dict(zip(made_up, stems, strict=True))


def test_every_european_latin_letter_is_folded_as_lucene_folds_it(node: OpenSearch) -> None:
    blocks = ((0x00A0, 0x0180), (0x1E00, 0x1F00), (0x2000, 0x2100), (0xFB00, 0xFB07), (0xFF01, 0xFFEF))
    characters = [chr(code) for block in blocks for code in range(*block) if unicodedata.category(chr(code))[0] != "C"]
    body = {"tokenizer": "keyword", "filter": ["asciifolding"], "text": [f"<{letter}>" for letter in characters]}
    folded = [token["token"][1:-1] for token in node.indices.analyze(body=body)["tokens"]]
    differing = {letter: (node_, fold(letter)) for letter, node_ in zip(characters, folded, strict=True)}
    assert {letter: pair for letter, pair in differing.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize(
    "text",
    [
        "Collecte de D.E.E.E., d3e et VRD",
        "déchets d’équipements électriques et électroniques",
        "entretien des locaux, nettoyage de locaux et de vitres",
        "entretien des espaces verts paysagisme",
        "La mise sous pli",
        "R&D, R & D, C&A&B, Dupont&Fils, AB&d",
        "n°12, N° 3, №4, nos 5, l'n°6, Bonn°",
        "l'un d'une qu'on D'Un l'l'eau aujourd'hui prud’hommes l'E.S.A.T. S.A.R.L.",
        "ŒUVRE cœur Strasse Straße İstanbul ΣΊΣΥΦΟΣ ﬁche m² CO₂",
        "'quote' l' 'l d'' --- & a",
        "anti\u00adconstitutionnellement zéro\u200bespace",
        "n\u0308 e\u0301t\u0302e",
    ],
)
def test_awkward_texts_give_the_same_tokens(node: OpenSearch, text: str) -> None:
    for analyzer in ANALYZERS:
        _assert_same(node, analyzer, [unicodedata.normalize("NFC", text)])


def test_keywords_are_folded_alike(node: OpenSearch, labels: list[str]) -> None:
    analysis = load_analysis()
    sample = labels[::20]
    body = {"normalizer": "folded", "text": sample}
    folded = [token["token"] for token in node.indices.analyze(index=INDEX, body=body)["tokens"]]
    assert [analysis.normalize("folded", label) for label in sample] == folded


def _assert_same(node: OpenSearch, analyzer: str, texts: Sequence[str]) -> None:
    """At least 99.9 % of the texts alike; the figure and the differences are in the message."""
    analysis = load_analysis()
    ours = (_relative(analysis.positions(analyzer, text)) for text in texts)
    pairs = zip(texts, ours, _analyse(node, analyzer, texts), strict=True)
    differing = [f"{text!r}: here {mine}, node {theirs}" for text, mine, theirs in pairs if mine != theirs]
    share = 1 - len(differing) / len(texts)
    print(f"{analyzer}: {len(texts)} texts, {share:.4%} identical")  # shown by pytest -rP
    assert share >= 0.999, f"{analyzer}: {share:.3%} of {len(texts)} texts alike\n" + "\n".join(differing[:200])


def _analyse(node: OpenSearch, analyzer: str, texts: Sequence[str]) -> Iterator[list[Token]]:
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        answer = node.indices.analyze(index=INDEX, body={"analyzer": analyzer, "text": batch})
        yield from _by_text(batch, answer["tokens"])


def _by_text(texts: Sequence[str], tokens: Iterable[dict[str, int | str]]) -> Iterator[list[Token]]:
    """Deal the tokens of one answer out to its texts: OpenSearch lays them end to end, one offset apart."""
    waiting = list(tokens)[::-1]
    end = 0
    for text in texts:
        end += len(text.encode("utf-16-le")) // 2 + 1
        mine = []
        while waiting and int(waiting[-1]["start_offset"]) < end:
            token = waiting.pop()
            mine.append(Token(str(token["token"]), int(token["position"])))
        yield _relative(mine)


def _relative(tokens: Sequence[Token]) -> list[Token]:
    return [Token(token.text, token.position - tokens[0].position) for token in tokens]
