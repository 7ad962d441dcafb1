"""What a row of the bench says: two sides, their ratio, a target, and the notes behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

Relation = Literal["<=", ">="]


@dataclass(frozen=True)
class Target:
    """What must be reached: by the ratio, or by our side alone where that is what counts."""

    relation: Relation
    value: float
    of: Literal["ratio", "ours"] = "ratio"

    def __str__(self) -> str:
        """For the table."""
        sign = "≤" if self.relation == "<=" else "≥"
        return f"{sign} {self.value:,g}" + ("" if self.of == "ratio" else " alone")

    def met_by(self, value: float) -> bool:
        """Whether a figure reaches it."""
        return value <= self.value if self.relation == "<=" else value >= self.value


@dataclass(frozen=True)
class Result:
    """One line of the table.

    `ours` and `against` are figures of the same unit, measured in the same run: medians of
    repetitions in shuffled order; `runs` holds all of them.
    """

    row: str
    what: str
    unit: str
    ours: float
    against: float
    versus: str
    target: Target | None = None
    note: str = ""
    runs: dict[str, list[float]] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours to the other side's."""
        return self.ours / self.against if self.against else float("inf")

    @property
    def reached(self) -> bool | None:
        """Whether the target was met; None where there is none."""
        if self.target is None:
            return None
        return self.target.met_by(self.ratio if self.target.of == "ratio" else self.ours)

    def as_json(self) -> dict[str, Any]:
        """The line as JSON."""
        target = self.target
        return {
            "row": self.row,
            "what": self.what,
            "unit": self.unit,
            "ours": self.ours,
            "against": self.against,
            "versus": self.versus,
            "ratio": self.ratio if self.against else None,
            "target": None
            if target is None
            else {"relation": target.relation, "value": target.value, "of": target.of},
            "reached": self.reached,
            "note": self.note,
            "runs": self.runs,
            "detail": self.detail,
        }


def compared(
    row: str,
    what: str,
    unit: str,
    runs: dict[str, list[float]],
    ours: str,
    against: str,
    target: Target | None = None,
    *,
    note: str = "",
    **detail: Any,
) -> Result:
    """The line for two of the sides that `Bench.shuffled` has measured: their medians."""
    return Result(
        row,
        what,
        unit,
        middle(runs[ours]),
        middle(runs[against]),
        against,
        target,
        note=note,
        runs={name: runs[name] for name in (ours, against)},
        detail=detail,
    )


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(median(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many per cent lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(len(ordered) * percent / 100) - 1))]
