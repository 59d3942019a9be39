"""A line of a programme as it is understood: its trades, its places, its figures, its errors and its doubts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from vivier.desk.read.amounts import Amount
from vivier.desk.read.lot_settings import Own
from vivier.desk.read.programme import Row
from vivier.desk.read.reserved import Reserved
from vivier.errors import FieldError
from vivier.law.rules import Category

State = Literal["ready", "to_confirm", "to_correct", "outside"]
STATES: Final[dict[State, str]] = {
    "ready": "compris",
    "to_confirm": "compris, à confirmer",
    "to_correct": "à corriger : non compté",
    "outside": "hors du champ de l'annuaire : ni réservation, ni clause",
}


@dataclass(frozen=True)
class Choice:
    """A trade or a territory that a line may mean. ``confidence`` in [0, 1]."""

    code: str
    label: str
    confidence: float


@dataclass(frozen=True)
class Line:
    """The reading of one line. ``trades`` and ``territories`` are counted; ``other_trades`` and ``other_territories`` are the
    alternatives, ``second_trades`` those that a part of the object asks for besides. ``money``: the amount over the whole duration,
    with its bounds; ``partial_amount``: it is that of one year, and the duration is unknown. ``own``: the settings that the line
    says for itself. ``remarks``: readings that are certain, and told; ``outside``: what is bought, when no trade of inclusion sells it;
    ``taxed``: the amount with tax that is to correct, which ``money`` never is; ``reserved``: for whom the object reserves it."""

    row: Row
    text: str
    trades: tuple[Choice, ...]
    other_trades: tuple[Choice, ...]
    territories: tuple[Choice, ...]
    other_territories: tuple[Choice, ...]
    cpv: tuple[str, ...]
    money: Amount | None
    months: int | None
    category: Category
    kind: Literal["marche", "concession"]
    supposed_category: bool
    errors: tuple[FieldError, ...]
    doubts: tuple[str, ...]
    partial_amount: bool = False
    own: Own = field(default_factory=Own)
    second_trades: tuple[Choice, ...] = ()
    remarks: tuple[str, ...] = ()
    outside: str = ""
    taxed: Amount | None = None
    reserved: Reserved | None = None

    @property
    def counted(self) -> bool:
        """Whether the line is studied: neither to correct, nor out of the scope of the directory."""
        return self.state in ("ready", "to_confirm")

    @property
    def amount(self) -> float | None:
        """The amount to which capacity and thresholds are held, euros HT: the highest that is told; ``None`` is unknown."""
        return None if self.money is None else self.money.counted

    @property
    def labour_share(self) -> float | None:
        """The share of labour that the line says, in ]0, 1]."""
        return self.own.labour_share

    @property
    def launched(self) -> date | None:
        """The day of launch that the line says."""
        return self.own.launched

    @property
    def state(self) -> State:
        """Whether the line is counted as it is, counted with a reported doubt, or not counted until it is corrected."""
        if self.outside and not self.errors:
            return "outside"
        if self.errors or not self.trades or not self.territories:
            return "to_correct"
        return "to_confirm" if self.doubts else "ready"

    @property
    def notes(self) -> tuple[str, ...]:
        """French notes: doubts, remarks, how several trades or places are counted, and a category that was only inferred."""
        several = (
            "Plusieurs métiers dans un lot : chacun est compté à part, pour tout le montant. L'avis suit le plus faible "
            "(réponse en groupement). Pensez à scinder."
        )
        either = "Plusieurs lieux : comptent les structures qui couvrent l'un ou l'autre."
        remarks = ((several, len(self.trades)), (either, len(self.territories)))
        return (
            *self.doubts,
            *((self.reserved.remark(self.kind),) if self.reserved else ()),
            *self.remarks,
            *(text for text, count in remarks if count > 1),
            *(supposed_nature(self.category) if self.supposed_category else ()),
        )

    @property
    def name(self) -> str:
        """« lot 3 », else « ligne 7 », its line in the file; in a workbook of several sheets, with the sheet."""
        name = f"lot {self.row.get('lot')}" if self.row.get("lot") else f"ligne {self.row.line}"
        return f"{name} (feuille {self.row.get('sheet')})" if self.row.get("sheet") else name


def supposed_nature(category: Category) -> tuple[str, ...]:
    """What is noted of a category that nobody stated, unless it is the common one."""
    return (
        ()
        if category == "services"
        else (f"Nature du marché supposée d'après l'objet : {category} (seuils européens).",)
    )


@dataclass(frozen=True)
class Part:
    """One part of a reading, with its errors and its doubts."""

    errors: tuple[FieldError, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def left(chosen: tuple[Choice, ...], others: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The alternatives to what is chosen, each once, six at most."""
    taken = {choice.code for choice in chosen}
    return tuple({choice.code: choice for choice in others if choice.code not in taken}.values())[:6]
