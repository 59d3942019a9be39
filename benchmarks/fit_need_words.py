"""Fits what words say of trades on objects of real contracts: ``VIVIER_SHARED_DATA=… python -m benchmarks.fit_need_words``.

Each text has one or several trades: those of the CPV code of a contract; those of the descriptors of a notice (``boamp_descriptors.csv``); those of
the label of a CPV code; that of a name or a phrase of our tables. The texts that a judge labelled (``objects_real.jsonl``) are left out, so that
the judgement stays blind. A multinomial logistic regression with a penalty on the squares, by L-BFGS. Writes ``need_words.npz``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.sparse

from benchmarks.labelled import shared
from mappings import TABLES, read_table
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs.index import NONE, SCALE, TABLE, Contexts, NeedsIndex, needs_index, words_and_pairs
from vivier.needs.reading import read
from vivier.trades.cpv import load_cpv
from vivier.trades.table import load_out_of_scope

JUDGED = Path(__file__).parents[1] / "tests" / "relevance" / "objects_real.jsonl"
CONTRACTS = ("decp-2019/*.json", "decp-2022/*.json", "stream/decp-2019-plateformes/*.json.gz")
NOTICES = ("stream/boamp-*/*.json.gz",)
OF_A_LABEL, OF_A_PHRASE = 0.5, 2.0
"""How much a label of a CPV code and a phrase of our tables count, beside 1 for an object."""
AS_NEAR = 0.75
"""Least share of the weight of the best trade of a CPV code for another to be right too."""
LEAST_COUNT = 4
"""Texts that must have a word, or a pair of words, for it to be learnt, unless our tables have the word."""
PENALTY, STEPS = 3e-5, 120
LEAST_WEIGHT = 0.1
Chances = dict[str, float]


@dataclass(frozen=True)
class Text:
    """A text with the share of each owner that it names, and how much it counts."""

    text: str
    owners: Chances
    counts: float = 1.0
    is_ours: bool = False


def texts(folder: Path, lexicon: Lexicon) -> Iterator[Text]:
    """Every text to learn from; one text with one label is learnt once."""
    judged = {json.loads(line)["sha"] for line in JUDGED.read_text(encoding="utf-8").splitlines()}
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
    for path in _paths(folder, CONTRACTS):
        for row in _rows(_json(path)):
            if isinstance(row.get("objet"), str) and row.get("codeCPV"):
                yield Text(row["objet"], _of_cpv(str(row["codeCPV"]), lexicon))


def _notices(folder: Path) -> Iterator[Text]:
    trades = {row["descriptor"]: row["trades"].split("|") for row in read_table("boamp_descriptors")}
    for path in _paths(folder, NOTICES):
        for row in _json(path)["results"]:
            shares: defaultdict[str, float] = defaultdict(float)
            for owners in (trades[name] for name in row["descripteur_libelle"] or () if name in trades):
                for owner in owners:
                    shares[owner or NONE] += 1 / len(owners)
            yield Text(row["objet"] or "", {owner: share / sum(shares.values()) for owner, share in shares.items()})


def _paths(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(folder.glob(pattern))]


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


def main() -> None:
    """Fits the weights and writes them."""
    lexicon = load_lexicon()
    index = needs_index(lexicon)
    learnt = list(texts(shared() / "contracts", lexicon))
    contexts = fitted(learnt, lexicon, index)
    save_contexts(contexts)
    print(f"{len(learnt)} textes, {len(contexts.features)} mots ou paires, {len(contexts.weights)} poids")


if __name__ == "__main__":
    main()
