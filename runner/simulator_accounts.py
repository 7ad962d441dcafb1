"""The simulated ResMan's accounts: keys, properties, sources, employees, lost reasons."""

import uuid
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Property:
    """One property with what its look-ups answer."""

    property_id: str
    sources: list[dict[str, Any]]
    employees: list[dict[str, Any]]

    def source(self, source_id: str) -> dict[str, Any] | None:
        """The prospect source with this id, active or not."""
        return next((s for s in self.sources if s["ID"].lower() == source_id.lower()), None)

    def employee(self, agent_id: str) -> dict[str, Any] | None:
        """The employee with this id."""
        return next((e for e in self.employees if e["ID"].lower() == agent_id.lower()), None)


@dataclass
class Account:
    """One ResMan account: a partner's keys, lost reasons, properties by id in lower case."""

    account_id: str
    integration_partner_id: str
    api_key: str
    lost_reasons: list[dict[str, Any]]
    properties: dict[str, Property] = field(default_factory=dict)

    def has_keys(self, form: dict[str, str]) -> bool:
        """Whether a call brought this partner's keys."""
        sent = [form.get(name, "").strip() for name in ("integrationpartnerid", "apikey")]
        return sent == [self.integration_partner_id, self.api_key]

    def as_dict(self) -> dict[str, Any]:
        """Everything, keys included, for the state file."""
        places = [dict(vars(place)) for place in self.properties.values()]
        return {**vars(self), "properties": places}

    def reason(self, reason_id: str) -> dict[str, Any] | None:
        """The lost reason with this id."""
        return next(
            (r for r in self.lost_reasons if r["ID"].lower() == reason_id.lower()), None
        )


def _fixed_id(*parts: str) -> str:
    """The same GUID for the same names at every start."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join(parts)))


def make_sources(property_id: str) -> list[dict[str, Any]]:
    """Four prospect sources: one for online marketing, two others active, one inactive."""
    rows = (("Website", True, True), ("Apartments.com", False, True))
    more = (("Referral", False, True), ("Newspaper", False, False))
    return [
        {
            "ID": _fixed_id(property_id.lower(), "source", name),
            "Name": name,
            "AvailableForOnlineMarketing": online,
            "IsActive": active,
        }
        for name, online, active in rows + more
    ]


def make_employees(property_id: str) -> list[dict[str, Any]]:
    """Two employees."""
    return [
        {
            "ID": _fixed_id(property_id.lower(), "employee", name),
            "Name": name,
            "Email": email,
            "SecurityGroup": "Leasing",
        }
        for name, email in (
            ("Leasing Agent", "agent@example.com"),
            ("Second Agent", "second@example.com"),
        )
    ]


def make_reasons(account_id: str) -> list[dict[str, Any]]:
    """Four reasons to lose a lead."""
    names = ("Price", "Location", "Duplicate", "No response")
    return [{"ID": _fixed_id(account_id, "reason", name), "Name": name} for name in names]
