"""Read ResMan's look-ups: sources, agents, lost reasons; JSON by default, XML as well."""

import json
from typing import Any
from xml.etree.ElementTree import Element

from runner.resman_xml import UnreadableError, clean, parse_answer


def parse_list(body: bytes) -> Element | dict[str, Any]:
    """The answer's wrapper, from JSON or XML; raises UnreadableError."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return parse_answer(body)
    try:
        wrapper = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("not_json", "the answer is neither JSON nor XML") from None
    if not isinstance(wrapper, dict):
        raise UnreadableError("wrong_document", "the answer is not a JSON object")
    return wrapper


def read_items(wrapper: Element | dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of the list ``name``: ``{"id", "name", "email", "active"}``.

    A source also has ``online``, where shown: available for online marketing.  What is listed
    without a word on it is active.  Raises UnreadableError where there is no such list.
    """
    rows = _xml_rows(wrapper, name) if isinstance(wrapper, Element) else _rows(wrapper, name)
    return [_item(row) for row in rows if row.get("ID") not in (None, "")]


def _rows(wrapper: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = wrapper.get(name, 0)
    rows = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise UnreadableError("wrong_document", f"the answer has no list {name}")
    return rows


def _xml_rows(root: Element, name: str) -> list[dict[str, Any]]:
    lists = list(root.iter(name))
    if not lists:
        raise UnreadableError("wrong_document", f"the answer has no list {name}")
    entries = [e for each in lists for e in (each, *each) if e.find("ID") is not None]
    return [{field.tag: (field.text or "").strip() for field in entry} for entry in entries]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    item = {
        "id": clean(row["ID"]),
        "name": _text(row.get("Name")),
        "email": _text(row.get("Email")),
        "active": _flag(row.get("IsActive"), True),
    }
    if row.get("AvailableForOnlineMarketing") not in (None, ""):
        item["online"] = _flag(row["AvailableForOnlineMarketing"], False)
    return item


def _text(value: Any) -> str | None:
    return None if value is None else clean(value).strip() or None


def _flag(value: Any, default: bool) -> bool:
    """A JSON or XML boolean."""
    text = "" if value is None else clean(value).strip().lower()
    return default if text not in ("true", "false", "1", "0") else text in ("true", "1")
