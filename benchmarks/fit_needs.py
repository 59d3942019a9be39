"""Fit the weights of the need resolver on the development half: ``python -m benchmarks.fit_needs``.

A multinomial logit over trades, themes out of scope and « none », by L-BFGS with a little shrinkage. A trade of
``also`` counts as a right answer three times less than one of ``expect``. The words of the table were widened after
these very needs: the fit also sees copies of them read with a part of the phrases hidden. Writes ``mappings/needs.json``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize

import mappings
from benchmarks.labelled import shared
from benchmarks.needs import NEEDS, load_needs
from benchmarks.needs_judged import load_written
from tests.relevance.objects import objects
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs.evidence import FEATURES, tokens, weigh
from vivier.needs.index import NeedsIndex, needs_index
from vivier.needs.model import METHOD_VERSION
from vivier.needs.phrases import PhraseIndex
from vivier.needs.places import one_word_names
from vivier.needs.reading import read

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


def features(needs: list[dict[str, Any]], lexicon: Lexicon, index: NeedsIndex) -> Floats:
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


def answers(needs: list[dict[str, Any]], index: NeedsIndex) -> Floats:
    """How right each answer is, from 0 to 1, by need and owner."""
    right = np.zeros((len(needs), len(index.owners) + 1))
    for row, need in enumerate(needs):
        right[row, [index.rows[code] for code in need["also"]]] = ALSO
        right[row, [index.rows[code] for code in need["expect"]]] = 1.0
        if not need["expect"]:
            right[row, index.trades :] = 1.0
    return right


def importance(needs: list[dict[str, Any]]) -> Floats:
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


def _judged() -> Iterator[dict[str, Any]]:
    """The sentences of one trade at most and the objects of the development half that a blind judge labelled."""
    labelled = [(case["query"], case) for case in load_written("dev") if len(case["trades"]) < 2]
    labelled += [(text, line) for text, line in objects(shared()) if line["split"] == "dev"]
    for text, line in labelled:
        counts = OF_AN_OBJECT if "sha" in line else 1.0
        yield {
            "query": text,
            "expect": line["trades"][:1],
            "also": [*line["trades"][1:], *line["also"]],
            "counts": counts,
        }


def main() -> None:
    """Fits the weights and writes them."""
    lexicon = load_lexicon()
    index = needs_index(lexicon)
    needs = [*(need for need in load_needs(NEEDS) if need["split"] == "dev"), *_judged()]
    indexes = [index, *(thinned(index, seed) for seed in range(COPIES))]
    made = np.concatenate([features(needs, lexicon, index_) for index_ in indexes])
    times = len(indexes)
    fitted = fit(made, np.tile(answers(needs, index), (times, 1)), np.tile(importance(needs), times))
    named = {name: round(float(value), 3) for name, value in zip(FEATURES, fitted, strict=False)}
    data = {"method_version": METHOD_VERSION, "weights": named | DECIDED, "none": round(float(fitted[-1]), 3)}
    Path(mappings.ROOT / "needs.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(data)


if __name__ == "__main__":
    main()
