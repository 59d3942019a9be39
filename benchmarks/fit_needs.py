"""Fits what a need means, on the development half: ``python -m benchmarks fit_needs``, ``fit_need_words``.

**fit_needs**: the weights of the need resolver, in ``mappings/needs.json``. A multinomial logit over trades, themes out of scope and « none », by
L-BFGS with a little shrinkage. A trade of ``also`` counts as a right answer three times less than one of ``expect``. The words of the table
were widened after these very needs: the fit also sees copies of them read with a part of the phrases hidden.

**fit_need_words** (``VIVIER_SHARED_DATA``): what words say of trades on objects of real contracts, in ``need_words.npz``. Each text has one or
several trades: those of the CPV code of a contract; those of the descriptors of a notice (``boamp_descriptors.csv``); those of the label of a
CPV code; that of a name or a phrase of our tables. The texts that a judge labelled (``objects_real.jsonl``) are left out, so that the
judgement stays blind. A multinomial logistic regression with a penalty on the squares, by L-BFGS.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.sparse

import mappings
from benchmarks.cases import Case, cases
from benchmarks.homes import shared
from mappings import TABLES, read_table
from tests.relevance.objects import objects
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs.evidence import FEATURES, tokens, weigh
from vivier.needs.index import NONE, SCALE, TABLE, Contexts, NeedsIndex, needs_index, words_and_pairs
from vivier.needs.model import METHOD_VERSION
from vivier.needs.phrases import PhraseIndex
from vivier.needs.places import one_word_names
from vivier.needs.reading import read
from vivier.trades.cpv import load_cpv
from vivier.trades.table import load_out_of_scope

Floats = npt.NDArray[np.float64]
ALSO = 0.3
REFUSAL = 3.0
OF_AN_OBJECT = 0.5
"""How much an object of a contract counts beside a sentence that a buyer types."""
DECIDED = {"code": 8.0}
"""Weights that are not fitted. No need of the set contains a code."""
THINNED, COPIES = 0.3, 2
SHRINKAGE = 0.004
NEVER = -50.0
CONTRACTS = ("decp-2019/*.json", "decp-2022/*.json", "stream/decp-2019-plateformes/*.json.gz")
NOTICES = "stream/boamp-*/*.json.gz"
OF_A_LABEL, OF_A_PHRASE = 0.5, 2.0
"""How much a label of a CPV code and a phrase of our tables count, beside 1 for an object."""
AS_NEAR = 0.75
"""Least share of the weight of the best trade of a CPV code for another to be right too."""
LEAST_COUNT = 4
"""Texts that must have a word, or a pair of words, for it to be learnt, unless our tables have the word."""
PENALTY, STEPS = 3e-5, 120
LEAST_WEIGHT = 0.1
Chances = dict[str, float]


def weights() -> Iterator[str]:
    """Fits the weights of the resolver and writes them."""
    lexicon = load_lexicon()
    index = needs_index(lexicon)
    needs = [*cases("needs", "dev"), *_judged()]
    indexes = [index, *(thinned(index, seed) for seed in range(COPIES))]
    made = np.concatenate([features(needs, lexicon, index_) for index_ in indexes])
    times = len(indexes)
    fitted = fit(made, np.tile(answers(needs, index), (times, 1)), np.tile(importance(needs), times))
    named = {name: round(float(value), 3) for name, value in zip(FEATURES, fitted, strict=False)}
    data = {"method_version": METHOD_VERSION, "weights": named | DECIDED, "none": round(float(fitted[-1]), 3)}
    Path(mappings.ROOT / "needs.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    yield str(data)


def features(needs: list[Case], lexicon: Lexicon, index: NeedsIndex) -> Floats:
    """``[need, owner or none, feature or 1 for none]``."""
    made = np.zeros((len(needs), len(index.owners) + 1, len(FEATURES) + 1))
    for row, need in enumerate(needs):
        reading = read(need["query"], lexicon, index)
        names = one_word_names(lexicon.gazetteer)
        weighed = tokens(reading.words, reading.text.text, reading.lot_start, index, names, reading.faint)
        evidence = weigh(weighed, (), index)
        made[row, :-1, :-1] = evidence.features
        made[row, -1, FEATURES.index("context")] = evidence.none
    made[:, -1, -1] = 1.0
    return made


def thinned(index: NeedsIndex, seed: int) -> NeedsIndex:
    """The index without some phrases of the table, drawn at random: real needs use words that no table foresaw."""
    generator = np.random.default_rng(seed)
    phrases = index.phrases.phrases
    drawn = generator.random(len(phrases)) >= THINNED
    left = [phrase for phrase, keep in zip(phrases, drawn, strict=True) if keep or phrase.field != "words"]
    return dataclasses.replace(index, phrases=PhraseIndex(left, len(index.owners), index.phrases.context))


def answers(needs: list[Case], index: NeedsIndex) -> Floats:
    """How right each answer is, from 0 to 1, by need and owner."""
    right = np.zeros((len(needs), len(index.owners) + 1))
    for row, need in enumerate(needs):
        right[row, [index.rows[code] for code in need["also"]]] = ALSO
        right[row, [index.rows[code] for code in need["expect"]]] = 1.0
        if not need["expect"]:
            right[row, index.trades :] = 1.0
    return right


def importance(needs: list[Case]) -> Floats:
    """Weight of each need in the fit: a trade given to a need without one costs more than a trade to confirm."""
    return np.array([(1.0 if need["expect"] else REFUSAL) * need.get("counts", 1.0) for need in needs])


def fit(made: Floats, right: Floats, counts: Floats) -> Floats:
    """The weights, that of « none » last."""
    possible = made[:, :, : FEATURES.index("unknown")].sum(axis=2) > 0
    possible[:, -1] = True

    def loss(weights: Floats) -> tuple[float, Floats]:
        utilities = np.where(possible, made @ weights, NEVER)
        chances = np.exp(utilities - utilities.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        wanted = chances * right + 1e-12
        found = wanted.sum(axis=1, keepdims=True)
        missed = (chances - wanted / found) * counts[:, None] / counts.sum()
        shrunk = SHRINKAGE * np.append(weights[:-1], 0.0)
        lost = -(np.log(found[:, 0]) * counts).sum() / counts.sum() + weights @ shrunk / 2
        return float(lost), np.einsum("no,nof->f", missed, made, optimize=True) + shrunk

    return np.asarray(scipy.optimize.minimize(loss, np.zeros(made.shape[2]), jac=True, method="L-BFGS-B").x)


def _judged() -> Iterator[Case]:
    """The sentences of one trade at most and the objects of the development half that a blind judge labelled."""
    labelled = [(case["query"], case) for case in cases("needs_written", "dev") if len(case["trades"]) < 2]
    labelled += [(text, line) for text, line in objects(shared()) if line["split"] == "dev"]
    for text, line in labelled:
        counts = OF_AN_OBJECT if "sha" in line else 1.0
        also = [*line["trades"][1:], *line["also"]]
        yield {"query": text, "expect": line["trades"][:1], "also": also, "counts": counts}


def words() -> Iterator[str]:
    """Fits what words say and writes it."""
    lexicon = load_lexicon()
    index = needs_index(lexicon)
    learnt = list(texts(shared() / "contracts", lexicon))
    contexts = fitted(learnt, lexicon, index)
    save_contexts(contexts)
    yield f"{len(learnt)} textes, {len(contexts.features)} mots ou paires, {len(contexts.weights)} poids"


@dataclass(frozen=True)
class Text:
    """A text with the share of each owner that it names, and how much it counts."""

    text: str
    owners: Chances
    counts: float = 1.0
    is_ours: bool = False


def texts(folder: Path, lexicon: Lexicon) -> Iterator[Text]:
    """Every text to learn from; one text with one label is learnt once."""
    judged = {case["sha"] for case in cases("objects_real")}
    seen = set()
    for found in (*_contracts(folder, lexicon), *_notices(folder)):
        key = found.text.casefold().strip(), tuple(found.owners)
        if found.owners and key not in seen and hashlib.sha256(found.text.encode()).hexdigest()[:12] not in judged:
            seen.add(key)
            yield found
    cpv = load_cpv()
    for row in read_table("cpv"):
        yield Text(cpv.label(row["code"]), _of_cpv(row["code"], lexicon), OF_A_LABEL)
    for owner in (*lexicon.trades, *load_out_of_scope()):
        for phrase in (owner.name, *owner.words):
            yield Text(phrase, {owner.code: 1.0}, OF_A_PHRASE, is_ours=True)


def _contracts(folder: Path, lexicon: Lexicon) -> Iterator[Text]:
    for path in (path for pattern in CONTRACTS for path in sorted(folder.glob(pattern))):
        for row in _rows(_json(path)):
            if isinstance(row.get("objet"), str) and row.get("codeCPV"):
                yield Text(row["objet"], _of_cpv(str(row["codeCPV"]), lexicon))


def _notices(folder: Path) -> Iterator[Text]:
    trades = {row["descriptor"]: row["trades"].split("|") for row in read_table("boamp_descriptors")}
    for path in sorted(folder.glob(NOTICES)):
        for row in _json(path)["results"]:
            shares: defaultdict[str, float] = defaultdict(float)
            for owners in (trades[name] for name in row["descripteur_libelle"] or () if name in trades):
                for owner in owners:
                    shares[owner or NONE] += 1 / len(owners)
            yield Text(row["objet"] or "", {owner: share / sum(shares.values()) for owner, share in shares.items()})


def _json(path: Path) -> Any:
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def _rows(found: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document."""
    if isinstance(found, dict):
        yield found
    for value in found.values() if isinstance(found, dict) else found:
        if isinstance(value, dict | list):
            yield from _rows(value)


def _of_cpv(code: str, lexicon: Lexicon) -> Chances:
    """The trades of a code, with their shares; « none » when it has none. Empty when it is no code."""
    try:
        found = lexicon.trades.by_cpv(code)
    except InvalidRequest:
        return {}
    near = {trade.code: weight for trade, weight in found if weight >= AS_NEAR * found[0][1]}
    total = sum(near.values())
    return {trade: weight / total for trade, weight in near.items()} if near else {NONE: 1.0}


def fitted(learnt: list[Text], lexicon: Lexicon, index: NeedsIndex) -> Contexts:
    """The weights that make the owners of the texts likeliest."""
    stems = [[word.stem for word in read(text.text, lexicon, index).words if not word.is_number] for text in learnt]
    count = Counter(word for words in stems for word in set(words_and_pairs(words)))
    ours = {word for text, words in zip(learnt, stems, strict=True) if text.is_ours for word in words}
    features = {word: n for n, word in enumerate(sorted(w for w, c in count.items() if c >= LEAST_COUNT or w in ours))}
    owners = (*index.owners, NONE)
    rows = {owner: row for row, owner in enumerate(owners)}
    known = [[features[w] for w in dict.fromkeys(words_and_pairs(words)) if w in features] for words in stems]
    kept = [n for n, numbers in enumerate(known) if numbers]
    wanted = np.zeros((len(kept), len(owners)))
    for place, n in enumerate(kept):
        for owner, share in learnt[n].owners.items():
            wanted[place, rows[owner]] = share
    made = _matrix([known[n] for n in kept], len(features))
    weights, base = _descent(made, wanted, np.array([learnt[n].counts for n in kept]))
    return _sparse(owners, features, weights, base)


def _matrix(known: list[list[int]], width: int) -> Any:
    """One row a text: each word counts one over the root of the number of words."""
    starts = np.cumsum([0, *map(len, known)])
    values = np.concatenate([np.full(len(numbers), len(numbers) ** -0.5) for numbers in known])
    return scipy.sparse.csr_matrix((values, np.concatenate(known), starts), (len(known), width))


def _descent(made: Any, wanted: Any, counts: Any) -> tuple[Any, Any]:
    width, owners = made.shape[1], wanted.shape[1]
    turned = made.T.tocsr()

    def loss(flat: Any) -> tuple[float, Any]:
        weights, base = flat[: width * owners].reshape(width, owners), flat[width * owners :]
        utilities = made @ weights + base
        utilities -= utilities.max(axis=1, keepdims=True)
        chances = np.exp(utilities)
        total = chances.sum(axis=1, keepdims=True)
        missed = (chances / total - wanted) * counts[:, None] / counts.sum()
        lost = -(counts[:, None] * wanted * (utilities - np.log(total))).sum() / counts.sum()
        gradient = np.concatenate([(turned @ missed + PENALTY * weights).ravel(), missed.sum(axis=0)])
        return float(lost + PENALTY * (weights**2).sum() / 2), gradient

    start = np.zeros((width + 1) * owners)
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found[: width * owners].reshape(width, owners), found[width * owners :]


def _sparse(owners: tuple[str, ...], features: dict[str, int], weights: Any, base: Any) -> Contexts:
    kept = np.abs(weights) >= LEAST_WEIGHT
    starts: npt.NDArray[np.int32] = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    whole = np.clip(np.round(weights[kept] * SCALE), -127, 127).astype(np.int8)
    return Contexts(owners, base, features, starts, np.nonzero(kept)[1].astype(np.uint8), whole)


def save_contexts(contexts: Contexts) -> None:
    """Writes the table, the same bytes for the same weights."""
    with (TABLES / TABLE).open("wb") as file:
        np.savez_compressed(
            file,
            owners=np.array("\n".join(contexts.owners)),
            base=contexts.base.astype(np.float32),
            features=np.array("\n".join(contexts.features)),
            starts=contexts.starts,
            rows=contexts.rows,
            weights=contexts.weights,
        )
