"""Reads a request for clauses: the trade, and what is known of the lot; gives the clauses filled, and wordings seen in notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from vivier.bodies import Body
from vivier.clausier.hours import Hours, HoursAsked, insertion_hours
from vivier.clausier.seen import SeenBody, every_kind
from vivier.clausier.staff import staff_notes
from vivier.clausier.wording import METHOD_VERSION, WHAT, ClauseBody, LotFigures, clause_body, clauses_for
from vivier.errors import InvalidRequest
from vivier.french import integer, plural, whole
from vivier.law.articles import Article
from vivier.law.parameters import labour_share_of, value
from vivier.law.products import STATUS_WORDS, product_duties
from vivier.law.rules import OF_NATURE, Consultation, NeedValue, broken_by, condition_due
from vivier.law.social import social_services
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.filters import unknown_code
from vivier.search.snapshot import Snapshot


class ClausesBody(Body):
    """The clauses of a trade."""

    query: dict[str, object]
    trade: dict[str, str]
    notice: str
    clauses: list[ClauseBody]
    seen: dict[str, SeenBody]
    trades: list[str]
    warnings: list[str]
    meta: dict[str, dict[str, str]]


class ClauseQuery(Model):
    """A trade, and what is known of a lot. Hours are those given, else computed from the amount and the share of labour."""

    trade: Annotated[str, Field(min_length=1, max_length=120, description="métier : code de /v1/trades")]
    object: Annotated[str, Field(max_length=200, description="objet du lot, tel qu'il sera écrit")] = ""
    amount: Annotated[
        float | None, Field(ge=0, allow_inf_nan=False, description="montant HT sur toute la durée, en euros")
    ] = None
    months: Annotated[int | None, Field(ge=1, le=180, description="durée en mois, reconductions comprises")] = None
    start: Annotated[date | None, Field(description="lancement prévu, AAAA-MM-JJ")] = None
    hours: Annotated[
        float | None,
        Field(ge=1, le=1e7, allow_inf_nan=False, description="heures d'insertion, si elles sont déjà fixées"),
    ] = None
    labour_share: Annotated[
        float | None, Field(gt=0, le=1, allow_inf_nan=False, description="part de la main-d'œuvre dans le prix (0 à 1)")
    ] = None
    taken_over: Annotated[
        float | None, Field(ge=0, le=1, allow_inf_nan=False, description="part du personnel repris (0 à 1)")
    ] = None
    hourly_cost: Annotated[
        float | None, Field(allow_inf_nan=False, description="coût horaire complet, en euros (15 à 150)")
    ] = None
    article: Annotated[
        Article | None,
        Field(description="article de réservation ; sans lui, aucune réservation n'est rédigée"),
    ] = None
    kind: Annotated[Literal["marche", "concession"], Field(description="marche ou concession")] = "marche"

    def figures(self) -> LotFigures:
        """What the clauses take. Raises ``InvalidRequest`` for a cost out of its range."""
        made = self._hours()
        central = None if made is None or made.central is None else made.central.insertion
        return LotFigures(
            self.object,
            self.hours if self.hours is not None else central,
            None if made is None else made.per_100k,
            self.months,
            self.start,
            self.hourly_cost if made is None else made.hourly_cost,
            self.kind == "concession" or (self.article or "").startswith("L3"),
            self.article,
        )

    def warnings(self, lexicon: Lexicon, today: date) -> tuple[str, ...]:
        """What a buyer must know before pasting a clause: its hours are few, the staff taken over is unknown, duties bear on the products. Without a
        day of launch, the law is that of ``today``."""
        launched = self.start or today
        duties = product_duties((), [self.trade], launched, self.object)
        products = (f"{duty.text(launched)[:-1]} ({duty.article} ; {STATUS_WORDS[duty.status]})." for duty in duties)
        return (*self._few_hours(lexicon, launched), *staff_notes([self.trade], self.taken_over), *products)

    def _few_hours(self, lexicon: Lexicon, launched: date) -> Iterator[str]:
        """What to do where a clause gives few hours: no criterion alone where the social condition is due."""
        hours, mark = self.figures().hours, value("useful_hours")
        plan = self._plan(lexicon, launched)
        owed = broken_by("criterion", plan)
        due = (
            f"{condition_due(plan.category, plan.kind, plan.months)} Article : {', '.join(rule.article for rule in owed)}."
            if owed
            else ""
        )
        if hours is not None and hours < mark:
            few = f"{plural(whole(hours), 'heure')}, sous le repère de {integer(mark)} : une clause sert peu."
            yield f"{few} {due or 'Achetez à une structure, ou posez un critère.'}"
        elif hours is None and due:
            yield due

    def _plan(self, lexicon: Lexicon, launched: date) -> Consultation:
        """The lot as the rules of the law look at it, as if it were the whole need."""
        category = OF_NATURE.get(lexicon.trades.get(self.trade).nature[0], "services")
        need = NeedValue(self.amount, None)
        services = social_services([self.trade], ())
        return Consultation(launched, self.kind, category, need, social_services=services, amount=self.amount)

    def _hours(self) -> Hours | None:
        """The hours of the lot; ``None`` when no share of labour is known."""
        if self.labour_share is None and labour_share_of(self.trade) is None:
            return None
        return insertion_hours(
            HoursAsked(
                self.amount,
                self.months or 12,
                self.labour_share,
                self.trade,
                self.hourly_cost,
                taken_over=self.taken_over or 0.0,
            )
        )


def clauses_body(query: ClauseQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ClausesBody:
    """The clauses of a trade as plain JSON, under the law of the launch, else of ``today``. Raises ``InvalidRequest`` naming « trade » for an unknown one."""
    if query.trade not in lexicon.trades:
        raise InvalidRequest((unknown_code("trade", query.trade, lexicon.trade_names, lexicon),))
    trade = lexicon.trades.get(query.trade)
    made = clauses_for(query.trade, query.figures(), lexicon)
    return {
        "query": query.model_dump(mode="json"),
        "trade": {"code": trade.code, "label_fr": trade.name},
        "notice": WHAT,
        "clauses": [clause_body(clause) for clause in made],
        "seen": every_kind(query.trade, snapshot, lexicon),
        "trades": sorted(trade.code for trade in lexicon.trades),
        "warnings": list(query.warnings(lexicon, today)),
        "meta": {"method_versions": {"clauses": METHOD_VERSION}},
    }
