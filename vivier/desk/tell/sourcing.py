"""Describes what structures answered for a lot, and what each answer changed: plain JSON, and the same in French sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from vivier.bodies import Body, body_of
from vivier.desk.method.answers import BYS, CANS, TOGETHERS, WHYS, Answer, State, Step
from vivier.desk.method.lever import lever_title
from vivier.desk.read.replies import ReplyBody, as_json
from vivier.french import NO_BREAK, chance, day, euros_ht, integer, plural
from vivier.law.parameters import value

LIMIT: Final = "Une structure qui confirme est comptée comme une offre ; elle peut encore ne pas en remettre. Ce qu'elle déclare reste à vérifier."


class SourcingBody(Body):
    counts: dict[str, int]
    summary: str
    limit: str
    before: StateBody
    after: StateBody
    steps: list[StepBody]


class StateBody(Body):
    lever: str
    lever_fr: str
    reserving: str | None
    article: str
    two_able: float
    two_offers: float
    confirmed: int


class NamedBody(Body, total=False):
    """Who answered; absent when the structure is no longer in the data."""

    name: str
    siren: str | None
    siret: str | None


class StepBody(NamedBody, ReplyBody):
    id: str
    can_fr: str
    by_fr: str
    said_fr: str
    counted: bool
    before: StateBody
    after: StateBody
    text: str


def sourcing_body(steps: Sequence[Step]) -> SourcingBody:
    """The answers to one lot, in the order in which they came, from the verdict before the first to the verdict after the last. At
    least one step is expected."""
    before, after = steps[0].before, steps[-1].after
    return {
        "counts": {can: sum(step.answer.can == can for step in steps) for can in CANS},
        "summary": " ".join(_summary(before, after)),
        "limit": LIMIT,
        "before": state_body(before),
        "after": state_body(after),
        "steps": [_step(step) for step in steps],
    }


def state_body(state: State) -> StateBody:
    """The lever of a lot at one moment, and its odds under the article that it then uses."""
    return body_of(
        StateBody, state, lever_fr=_lever(state), two_able=round(state.able, 4), two_offers=round(state.offers, 4)
    )


def _step(step: Step) -> StepBody:
    """One answer. A structure that is no longer in the data is given by its id alone."""
    answer = step.answer
    who: NamedBody = {} if step.name is None else {"name": step.name, "siren": step.siren, "siret": step.siret}
    return {
        "id": answer.structure,
        **who,
        **as_json(answer),
        "can_fr": CANS[answer.can],
        "by_fr": by_of(answer),
        "said_fr": said_of(answer),
        "counted": step.name is not None,
        "before": state_body(step.before),
        "after": state_body(step.after),
        "text": _text(step),
    }


def by_of(answer: Answer) -> str:
    """Who typed an answer, and by which code it was signed when it was."""
    if answer.signed_on is None:
        return BYS[answer.by]
    return f"{BYS[answer.by]}, signé le {day(answer.signed_on)} par un code (boîte publiée par : {answer.signed_by})"


def said_of(answer: Answer) -> str:
    """What a structure answered, in one line: « peut faire ce lot, jusqu'à 80 000 € HT par an, dès le 1 février 2027, seule »."""
    parts = [CANS[answer.can]]
    if answer.volume is not None:
        parts.append(f"jusqu'à {euros_ht(answer.volume)} par an")
    if answer.start is not None:
        parts.append(f"dès le {day(answer.start)}")
    if answer.together is not None:
        parts.append(TOGETHERS[answer.together])
    if answer.article is not None:
        parts.append(f"au titre de l'article {answer.article}")
    if answer.why is not None:
        parts.append(WHYS[answer.why])
    return ", ".join(parts)


def _text(step: Step) -> str:
    """What one answer changed."""
    if step.name is None:
        return "Cette structure n'est plus dans les données autour de ce lot : sa réponse ne change rien."
    before, after = step.before, step.after
    if _lever(before) == _lever(after):
        return f"Avis inchangé : {_lever(after)}. {_odds(before, after)}"
    return f"L'avis passe de {_quoted(before)} à {_quoted(after)}. {_odds(before, after)}"


def _odds(before: State, after: State) -> str:
    """How both probabilities moved. An article that is given up is compared with itself, then the other is described."""
    wanted = integer(value("wanted_offers"))
    able, offers = f"Probabilité de {wanted} structures capables", f"de {wanted} offres"
    was, now = before.by_article[before.article], after.by_article[before.article]
    if before.article == after.article and was == now:
        return f"Sous l'article {after.article}, cette réponse ne change aucune probabilité."
    if before.article == after.article:
        return f"{able} : {_moved(was.able, now.able, after)} ; {offers} : {_moved(was.offers, now.offers, after)}."
    return f"{_given_up(before, after)} Sous celui-ci : {able.lower()} : {_chance(after.able, after)} ; {offers} : {_chance(after.offers, after)}."


def _given_up(before: State, after: State) -> str:
    moved = _moved(before.able, after.by_article[before.article].able, after)
    wanted = integer(value("wanted_offers"))
    return (
        f"L'article {before.article} est abandonné : chance d'y avoir {wanted} structures capables, {moved}. "
        f"L'article {after.article} le remplace."
    )


def _moved(before: float, after: float, state: State) -> str:
    was, now = _chance(before, state), _chance(after, state)
    if was != now:
        return f"de {was} à {now}"
    return f"{now}, inchangée" if before == after else f"toujours {now}"


def _chance(probability: float, state: State) -> str:
    """A probability in words. It rests on suppositions until a structure confirms."""
    return chance(probability, supposed=not state.confirmed)


def _summary(before: State, after: State) -> Iterator[str]:
    """The result in one sentence and one number: the lever, and the odds that enough structures are able."""
    n = after.confirmed
    who = f"{plural(n, 'structure')} {'ont' if n > 1 else 'a'} confirmé" if n else "Aucune structure n'a confirmé"
    result = (
        f"l'avis reste {_quoted(after)}"
        if _lever(before) == _lever(after)
        else f"l'avis passe de {_quoted(before)} à {_quoted(after)}"
    )
    odds = f"chance d'avoir {integer(value('wanted_offers'))} structures capables"
    if before.article == after.article:
        yield f"{who} : {result}, {odds} : {_moved(before.able, after.able, after)}."
    else:
        yield f"{who} : {result}."
        yield f"{_given_up(before, after)} Sous celui-ci, {odds} : {_chance(after.able, after)}."


def _quoted(state: State) -> str:
    return f"«{NO_BREAK}{_lever(state)}{NO_BREAK}»"


def _lever(state: State) -> str:
    return lever_title(state.lever, state.confirmed)
