"""One finding of `leadsync doctor`."""

from dataclasses import asdict, dataclass

OK, NOTE, WARNING, FAILED = SEVERITIES = ("ok", "note", "warning", "failed")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, how bad it is, and what to do: a command or SQL to run."""

    check_name: str
    severity: str
    finding: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """As JSON holds it."""
        return asdict(self)
