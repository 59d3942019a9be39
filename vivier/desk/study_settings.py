"""The settings of a study: those of a consultation, and those that hold for one of its lots."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date

from vivier.desk.method.duties import exception_errors
from vivier.desk.method.feasibility import DEFAULTS, Options
from vivier.desk.read.line import Line
from vivier.errors import InvalidRequest
from vivier.law.rules import BuyerClass


@dataclass(frozen=True)
class StudySettings:
    """The settings of a study. ``None`` keeps the value of the table of parameters, or is unknown. ``seed`` orders the
    contact lists. Without one, it is computed from the lot and the data, so that the same question gives the same list.
    ``consultation_amount``: euros HT of all the lots and renewals of the consultation, when the user states it; ``by_part``: also studies a département by its
    intercommunalités."""

    as_of: date
    options: Options = DEFAULTS
    buyer: BuyerClass = "other"
    hourly_cost: float | None = None
    effort: float | None = None
    taken_over: float | None = None
    environmental_condition: bool | None = None
    environmental_criterion: bool | None = None
    social_condition: bool | None = None
    exception: str | None = None
    seed: str | None = None
    consultation_amount: float | None = None
    launched: date | None = None
    labour_share: float | None = None
    by_part: bool = False

    def of(self, line: Line) -> StudySettings:
        """The settings that hold for a lot: its own, else those of the consultation. Without a day of launch, the analysis is
        taken to be that day; without a share of labour, that of the trade may be known. Raises ``InvalidRequest`` naming « exception »
        when its ground does not fit the lot."""
        own = {name: value for name, value in asdict(line.own).items() if value is not None}
        rate = own.pop("response_rate", self.options.rate)
        settings = replace(self, options=replace(self.options, rate=rate), **own)
        if errors := exception_errors(settings.exception, line.category, line.kind, line.months):
            raise InvalidRequest(errors)
        return settings

    @property
    def changed(self) -> dict[str, float]:
        """The values that the user changed, by parameter."""
        given = {
            "capacity_share": self.options.share,
            "response_central": self.options.rate,
            "hourly_cost": self.hourly_cost,
            "effort": self.effort,
        }
        return {name: number for name, number in given.items() if number is not None}
