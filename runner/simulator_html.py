"""Pieces of the simulator's page, escaped: the frame, form fields, tables."""

from collections.abc import Iterable, Mapping
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
_PLACES = (("/", "Leads"), ("/lead", "New lead"), ("/controls", "Faults and switches"))


class Html(str):
    """Text that is HTML already."""


def show(value: Any) -> Html:
    """A value as HTML text or attribute value; Html stays as it is."""
    return value if isinstance(value, Html) else Html(escape(str(value), quote=True))


def frame(title: str, here: str, body: Html, note: str = "", error: str = "") -> bytes:
    """A whole page."""
    links = " &nbsp; ".join(
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{name}</a>'
        for path, name in (*_PLACES, ("/requests", "Requests"))
    )
    said = f'<p class="note" role="status">{show(note)}</p>' if note else ""
    said += f'<p class="error" role="alert">{show(error)}</p>' if error else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{show(title)} - ResMan simulator</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><style>{STYLE}</style></head><body><header>'
        f"<strong>ResMan simulator</strong><nav>{links}</nav>"
        f"</header><main><h1>{show(title)}</h1>{said}{body}</main></body></html>"
    ).encode()


def text_field(name: str, label: str, value: Any, kind: str = "text", hint: str = "") -> Html:
    """A labelled input."""
    placed = f' placeholder="{show(hint)}"' if hint else ""
    return Html(
        f'<label>{show(label)}<input type="{kind}" name="{show(name)}" value="{show(value)}"'
        f"{placed}></label>"
    )


def area(name: str, label: str, value: Any) -> Html:
    """A labelled text area. The leading newline is the one that HTML drops."""
    return Html(
        f'<label class="wide">{show(label)}<textarea name="{show(name)}" rows="3">\n'
        f"{show(value)}</textarea></label>"
    )


def select(
    name: str, label: str, options: Mapping[str, str] | Iterable[str], value: Any
) -> Html:
    """A labelled drop-down of values, or of values and their names."""
    pairs = options.items() if isinstance(options, Mapping) else ((o, o) for o in options)
    mark = {True: " selected", False: ""}
    rows = "".join(
        f'<option value="{show(key)}"{mark[key == value]}>{show(text)}</option>'
        for key, text in pairs
    )
    return Html(f'<label>{show(label)}<select name="{show(name)}">{rows}</select></label>')


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


def html_answer(body: bytes, status: int = 200) -> Answer:
    """A page as an answer."""
    return Answer(status, body, HTML, headers=dict(_HEADERS))


def go(path: str, note: str) -> Answer:
    """Send the browser on, with something to say there."""
    mark = "&" if "?" in path else "?"
    location = f"{path}{mark}note={quote(note, safe='')}"
    return Answer(303, b"", HTML, headers={**_HEADERS, "Location": location})
