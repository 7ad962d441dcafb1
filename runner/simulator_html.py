"""Pieces of the simulator's page, escaped: the frame, form fields, tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from runner.simulator_answers import Answer
from runner.simulator_style import STYLE

HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PLACES = (
    ("/", "Leads"),
    ("/lead", "New lead"),
    ("/controls", "Faults and switches"),
    ("/requests", "Requests"),
)


class Html(str):
    """Text that is HTML already."""


def show(value: Any) -> Html:
    """A value as HTML text or attribute value; Html stays as it is."""
    return value if isinstance(value, Html) else Html(escape(str(value), quote=True))


@dataclass
class Page:
    """What one page shows; ``here`` is its place in the menu."""

    title: str
    here: str
    body: Html
    note: str = ""
    error: str = ""
    status: int = 200

    def answer(self, state: Html) -> Answer:
        """The whole page, with the simulator's state on top."""
        links = "".join(
            f'<a href="{path}"{" aria-current=page" if path == self.here else ""}>{name}</a>'
            for path, name in _PLACES
        )
        said = f'<p class="note" role="status">{show(self.note)}</p>' if self.note else ""
        said += f'<p class="error" role="alert">{show(self.error)}</p>' if self.error else ""
        body = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{show(self.title)} - ResMan simulator</title>"
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<link rel="icon" href="data:,"><style>{STYLE}</style></head><body>'
            '<a class="skip" href="#main">Skip to the content</a><header>'
            f'<strong>ResMan simulator</strong><nav aria-label="Pages">{links}</nav>'
            f'<p class="state">{state}</p></header>'
            f'<main id="main"><h1>{show(self.title)}</h1>{said}{self.body}</main></body></html>'
        )
        return Answer(self.status, body.encode(), HTML, headers=dict(_HEADERS))


def text_field(
    name: str,
    label: str,
    value: Any,
    kind: str = "text",
    *,
    hint: str = "",
    about: Html | str = "",
) -> Html:
    """A labelled input."""
    placed = f' placeholder="{show(hint)}"' if hint else ""
    kept = "" if kind == "search" else ' autocomplete="off"'
    return _field(
        name,
        label,
        f'<input type="{kind}" name="{show(name)}" value="{show(value)}"{placed}{kept}',
        "",
        about,
    )


def _field(name: str, label: str, start: str, end: str, about: Html | str) -> Html:
    """A label around a field, and behind it what it is about; ``start`` is an open tag."""
    described = f' aria-describedby="about-{show(name)}"' if about else ""
    text = f'<small id="about-{show(name)}">{show(about)}</small>' if about else ""
    return Html(
        f'<div class="field"><label>{show(label)}{start}{described}>{end}</label>{text}</div>'
    )


def area(name: str, label: str, value: Any) -> Html:
    """A labelled text area. The leading newline is the one that HTML drops."""
    return Html(
        f'<label class="wide">{show(label)}<textarea name="{show(name)}" rows="3">\n'
        f"{show(value)}</textarea></label>"
    )


def select(
    name: str,
    label: str,
    options: Mapping[str, str] | Iterable[str],
    value: Any,
    about: Html | str = "",
) -> Html:
    """A labelled drop-down of values, or of values and their names."""
    pairs = options.items() if isinstance(options, Mapping) else ((o, o) for o in options)
    mark = {True: " selected", False: ""}
    rows = "".join(
        f'<option value="{show(key)}"{mark[key == value]}>{show(text)}</option>'
        for key, text in pairs
    )
    return _field(name, label, f'<select name="{show(name)}"', f"{rows}</select>", about)


def group(legend: str, *fields: Html) -> Html:
    """Fields that belong together."""
    return Html(f"<fieldset><legend>{show(legend)}</legend>{''.join(fields)}</fieldset>")


def form(action: str, button: str, *parts: Html, plain: bool = False) -> Html:
    """A form that posts."""
    kind = ' class="plain"' if plain else ""
    return Html(
        f'<form method="post" action="{show(action)}">{"".join(parts)}'
        f"<button{kind}>{show(button)}</button></form>"
    )


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Html:
    """A table; cells are escaped unless they are Html."""
    head = "".join(f'<th scope="col">{show(name)}</th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{show(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return Html(
        '<div class="scroll" tabindex="0"><table>'
        f'<caption class="muted">{show(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def go(path: str, note: str) -> Answer:
    """Send the browser on, with something to say there."""
    mark = "&" if "?" in path else "?"
    location = f"{path}{mark}note={quote(note, safe='')}"
    return Answer(303, b"", HTML, headers={**_HEADERS, "Location": location})
