"""How needs with typing errors are read: ``python -m benchmarks.needs_mistyped [--seed 1] [--failures]``.

A thousand needs are made: a name or a phrase of a trade and a town, drawn at random, with one error in each (two in a name of nine letters or
more, once in two). « town »: the town is read or offered; « lost »: it is neither, and no word of its name is among those that the answer says it does not
understand, or reads as another word.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter

from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import applied, resolve_need

COUNT = 1_000
LEAST_POPULATION = 5_000
LEAST_LETTERS = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FORMS = ("{} à {}", "{} {}", "{}, {}", "{} près de {}")


def mistyped(text: str, chance: random.Random) -> str:
    """A text with one typing error in its longest word, never in the first letter: a letter left out, doubled, changed or swapped."""
    words = text.split(" ")
    at = max(range(len(words)), key=lambda number: len(words[number]))
    word = words[at]
    if len(word) < LEAST_LETTERS:
        return text
    place = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        word = word[:place] + word[place + 1 :]
    elif kind == 1:
        word = word[:place] + word[place] + word[place:]
    elif kind == 2:
        word = word[:place] + chance.choice(_LETTERS) + word[place + 1 :]
    else:
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    words[at] = word
    return " ".join(words)


def needs(seed: int, lexicon: Lexicon) -> list[tuple[str, str, str, str]]:
    """(text, name of the town as typed, code of the trade, id of the town)."""
    chance = random.Random(seed)
    communes = lexicon.gazetteer.communes
    rows = [
        r
        for r in range(len(communes))
        if communes.population[r] >= LEAST_POPULATION and not communes.is_arrondissement[r]
    ]
    trades = list(lexicon.trades)
    made: list[tuple[str, str, str, str]] = []
    while len(made) < COUNT:
        trade = chance.choice(trades)
        phrase = chance.choice((trade.name, *trade.words[:6])).casefold()
        row = chance.choice(rows)
        town = lexicon.gazetteer.get(f"commune:{communes.codes[row]}").name
        if len(town) < LEAST_LETTERS or len(phrase) < LEAST_LETTERS:
            continue
        wrong = mistyped(town, chance)
        if len(town) >= 9 and chance.random() < 0.5:
            wrong = mistyped(wrong, chance)
        made.append(
            (
                chance.choice(_FORMS).format(mistyped(phrase, chance), wrong),
                wrong,
                trade.code,
                f"commune:{communes.codes[row]}",
            )
        )
    return made


def main() -> None:
    """Prints the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    lexicon = load_lexicon()
    resolve_need("tonte à Lille", lexicon)
    count, taken = Counter[str](), []
    for text, typed, trade, town in needs(options.seed, lexicon):
        start = time.process_time()
        need = resolve_need(text, lexicon)
        taken.append(1_000 * (time.process_time() - start))
        found = {candidate.id for place in need.territory.places for candidate in place.candidates}
        words = (
            *(words.text for words in (*applied(need, lexicon).not_applied, *applied(need, lexicon).assumed)),
            *(made.written for made in need.corrections),
        )
        told = any(word.casefold() in typed.casefold() for word in words)
        is_trade = trade in {match.id for match in (*need.sectors, *need.alternatives)[:3]}
        count["trade"] += is_trade
        count["town"] += town in found
        count["lost"] += town not in found and not told
        if options.failures and town not in found:
            print("told" if told else "LOST", text, town, [place.text for place in need.territory.places])
    for name in ("trade", "town", "lost"):
        print(f"{name:6} {count[name] / COUNT:.3f}")
    print(f"ms of processor: p50 {statistics.median(taken):.1f}, p95 {statistics.quantiles(taken, n=20)[-1]:.1f}")


if __name__ == "__main__":
    main()
