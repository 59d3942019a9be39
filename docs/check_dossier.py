"""Recomputes the figures of a Vivier dossier with nothing of Vivier: ``python check_dossier.py DOSSIER.json [--list]``.

Python 3.10 or later, standard library only, no network. A dossier carries the inputs of its figures (``lots[].proof``) as rows with their
hash. This program recomputes, by the methods of docs/methods.md named by their letter:

- (j) the three hashes of the dossier, those of the rows, and the neutral order of each list (SHA-256 of seed and identifier);
- (e) insertion hours: low, central, high, at each effort, for 100,000 €;
- (d) the amount of a year, and the structures able to do the lot when all are asked, or when a part of them answer;
- (c) the odds of no offer and of two, at three response rates;
- (a) who is left out, counted by reason.

It compares each with what is written, rounded alike, and says which differ. It does not judge the inputs: whether a structure does a trade is
a matter of the sources, listed in ``data``. A copy from which structures were withdrawn says so, and its list cannot be hashed again.
Exit code: 0 when all agree, 1 when one differs, 2 when the file is no dossier.
"""

import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

FORMAT = "vivier-dossier-3"
ENVELOPE = {"dossier_id", "created_at", "kept_until", "supersedes", "supersedes_sha256", "draws", "contact_log"}
HASHES = {"sha256", "analysis_sha256", "list_sha256"}


# -- canonical JSON: UTF-8, keys sorted, no spaces, shortest decimal numbers -------------------------------------------


def written(value):
    """The canonical text of a value."""
    if isinstance(value, dict):
        return "{" + ",".join(text(name) + ":" + written(value[name]) for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return text(value) if isinstance(value, str) else json.dumps(value)


def text(value):
    """A text between quotes: only what JSON must escape is escaped."""
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """A decimal number in its shortest form, with an exponent under 1e-5 and from 1e16 on."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not any(digits):
        return "-0.0" if sign else "0.0"
    point = len(digits) + exponent
    figures = "".join(map(str, digits))
    if -5 < point <= 16:
        left, right = (figures[:point] or "0", figures[point:]) if point > 0 else ("0", "0" * -point + figures)
        shown = left.ljust(point, "0") + "." + (right or "0")
    else:
        shown = figures[0] + ("." + figures[1:] if figures[1:] else "") + f"e{point - 1:+d}"
    return "-" * sign + shown


def sha256(value):
    """The hash of the canonical text."""
    return hashlib.sha256(written(value).encode("utf-8")).hexdigest()


# -- methods, by letter ------------------------------------------------------------------------------------------------


def odds(chances):
    """(c) Probabilities that none, exactly one, and two or more of independent events happen."""
    none, single, two = 1.0, 0.0, 0.0
    for p in chances:
        none, single, two = none * (1 - p), single * (1 - p) + none * p, two + single * p
    return none, single, two


def hours(row, effort, newly_assigned):
    """(e) Hours of work, and insertion hours: amount × share of labour ÷ hourly cost × effort × share newly assigned."""
    total = row["amount"] * row["labour_share"] / row["hourly_cost"]
    return total, total * effort * newly_assigned


def enough(chances, wanted):
    """(d) Fewest structures, the most probable first, among which two able are likely enough."""
    none, single = 1.0, 0.0
    for n, p in enumerate([*chances, None]):
        if 1 - none - single >= wanted:
            return n
        if p is not None:
            none, single = none * (1 - p), single * (1 - p) + none * p
    return None


# -- what is compared --------------------------------------------------------------------------------------------------


def of_hashes(dossier):
    """(j) Hashes of the whole, of the analysis and of the list."""
    yield "j", "sha256", dossier["sha256"], sha256({k: v for k, v in dossier.items() if k != "sha256"})
    if "blanked" in dossier:
        return
    analysis = {name: value for name, value in dossier.items() if name not in ENVELOPE | HASHES}
    rows = [
        [lot["understood"]["line"], lot["contacts"]["seed"], [each["id"] for each in lot["contacts"]["structures"]]]
        for lot in dossier["lots"]
        if lot["studied"]
    ]
    analysis["list_sha256"] = sha256(rows)
    yield "j", "list_sha256", dossier["list_sha256"], analysis["list_sha256"]
    yield "j", "analysis_sha256", dossier["analysis_sha256"], sha256(analysis)


def of_lot(lot):
    """Every figure of a lot that can be recomputed."""
    contacts = [each for each in lot["contacts"]["structures"] if "id" in each]
    seed = lot["contacts"]["seed"]
    order = sorted(contacts, key=lambda each: hashlib.sha256(f"{seed}|{each['id']}".encode()).digest())
    yield "j", "neutral order", [each["id"] for each in contacts], [each["id"] for each in order]
    amount, months = lot["understood"]["amount"], lot["understood"]["months"] or 12
    yield "d", "annual_amount", lot["annual_amount"], None if amount is None else amount * 12 / max(months, 12)
    proof = lot.get("proof", {})  # a dossier issued before November 30, 2026 has none
    if proof.get("hours"):
        yield from of_hours(lot["hours"], proof["hours"])
    if proof.get("odds"):
        yield from of_odds(lot, proof["odds"])
    for article in lot["articles"]:
        yield from of_excluded(article)


def of_hours(stated, proof):
    """(e) The three estimates, at the effort of the lot and at the usual ones."""
    yield "j", "hours.rows", proof["sha256"], sha256(proof["rows"])
    for name, row in proof["rows"].items():
        if row is None:
            continue
        total, insertion = hours(row, proof["effort"], proof["newly_assigned"])
        legal, years = proof["legal_hours"], row["months"] / 12
        found = {"total_hours": Rounded(total, 0), "insertion_hours": Rounded(insertion, 0)}
        found["fte_years"], found["fte"] = Rounded(insertion / legal, 2), Rounded(insertion / legal / years, 2)
        found["months_for_people"] = Rounded(insertion / (legal / 12), 1)
        if row["local_fte"]:
            found["local_share"] = Rounded(insertion / (row["local_fte"] * legal * years * row["placeable"]), 4)
        for figure, value in found.items():
            yield "e", f"hours.{name}.{figure}", stated[name][figure], value
        for other in stated["by_effort"]:
            at = hours(row, other["effort"], proof["newly_assigned"])[1]
            yield "e", f"hours.{name} at {other['effort']}", other[name], Rounded(at, 0)
    per = 100_000 * stated["labour_share"] / stated["hourly_cost"] * proof["effort"] * proof["newly_assigned"]
    yield "e", "hours.per_100k", stated["per_100k"], per


def of_odds(lot, proof):
    """(c), (d) Odds of the article called under."""
    yield "j", "odds.rows", proof["sha256"], sha256(proof["rows"])
    article = next(each for each in lot["articles"] if each["article"]["code"] == proof["article"])
    stated, where = article["prospects"], f"articles.{proof['article']}"
    able = [trade * place * size * agreement for trade, place, size, agreement, _, _ in proof["rows"]]
    answers = [(row[4], row[5]) for row in proof["rows"]]
    confirm = [p if can else p * reply for p, (reply, can) in zip(able, answers, strict=True)]
    offer = [p if can == "yes" else p * proof["rate"] for p, (_, can) in zip(able, answers, strict=True)]
    for name, chances in (("able", able), ("confirming", confirm), ("offers", offer)):
        none, _, two = odds(chances)
        yield "d", f"{where}.{name}.at_least_one", stated[name]["at_least_one"], Rounded(1 - none, 4)
        yield "d", f"{where}.{name}.at_least_two", stated[name]["at_least_two"], Rounded(two, 4)
    yield "d", f"{where}.expected", stated["expected"], Rounded(sum(able), 2)
    yield "d", f"{where}.enough", stated["enough"], enough(able, proof["enough_at"])
    for at in article["competition"]:
        rate, sure = at["response_rate"], [1.0] * proof["confirmed"]
        sure += [at["response_rate"] * place for place in proof["bearing"]]
        for name, part in (("low", 0.0), ("central", 0.5), ("high", 1.0)):
            none, _, two = odds([*sure, *(rate * part * place for place in proof["unsure"])])
            yield "c", f"{where}.none.{name} at {rate}", at["none"][name], Rounded(none, 4)
            yield "c", f"{where}.two.{name} at {rate}", at["at_least_two"][name], Rounded(two, 4)


def of_excluded(article):
    """(a) Every candidate counts, or is left out for one reason."""
    where = f"articles.{article['article']['code']}"
    reasons = [left["reason"] for left in article["excluded"]]
    for reason, count in article["excluded_by_reason"].items():
        yield "a", f"{where}.{reason}", count, reasons.count(reason)
    left = sum(reason not in ("capacity_too_small", "volume_too_small", "part_only") for reason in reasons)
    yield "a", f"{where}.candidates", article["candidates"], article["eligible"] + left


def figures(dossier):
    """Each figure: its letter, its name, what is written, what is recomputed."""
    yield from of_hashes(dossier)
    for lot in dossier["lots"]:
        if lot["studied"]:
            name = f"line {lot['understood']['line']}"
            for letter, figure, stated, found in of_lot(lot):
                yield letter, f"{name}: {figure}", stated, found


class Rounded(NamedTuple):
    """A number before it is rounded to some decimals, whichever way a half goes."""

    value: float
    decimals: int

    def __str__(self):
        return f"{self.value:.{self.decimals + 2}f}, rounded to {self.decimals} decimals"


def agree(stated, found):
    """Whether two figures are equal: a rounded one within half a unit of what was rounded, another within the last figure written."""
    if isinstance(found, Rounded):
        return isinstance(stated, (int, float)) and abs(
            stated - found.value
        ) <= 0.5 * 10.0**-found.decimals + 1e-9 * max(1.0, abs(found.value))
    if isinstance(stated, bool) or not isinstance(stated, (int, float)) or not isinstance(found, (int, float)):
        return stated == found
    decimals = -Decimal(repr(stated)).as_tuple().exponent if isinstance(stated, float) else 0
    return abs(stated - found) <= 0.5 * 10.0**-decimals + 1e-9 * max(1.0, abs(stated))


def main(arguments):
    """Prints how many figures agree, and each that does not."""
    paths = [each for each in arguments if each != "--list"]
    try:
        dossier = json.loads(Path(paths[0]).read_text("utf-8"))
        if dossier["format"] != FORMAT:
            raise KeyError("format")
    except (IndexError, OSError, ValueError, KeyError, TypeError) as error:
        print(f"Not a dossier of the format {FORMAT}: {error!r}", file=sys.stderr)
        return 2
    every = list(figures(dossier))
    wrong = [each for each in every if not agree(each[2], each[3])]
    for letter, name, stated, found in every if "--list" in arguments else wrong:
        print(f"({letter}) {name}: written {stated}, recomputed {found}")
    print(f"{len(every)} figures recomputed, {len(wrong)} differ.")
    if "blanked" in dossier:
        print(
            f"{dossier['blanked']['structures']} structures withdrawn: the hashes of the list are those of the issued file."
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
