"""A chart of a few lines over a logarithmic axis, as SVG."""

from collections.abc import Mapping, Sequence
from math import log10
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 200, 40, 50
_COLOURS = "#1f6feb", "#d1242f", "#1a7f37", "#8250df"
Points = Sequence[tuple[float, float]]


def chart(title: str, across: str, up: str, lines: Mapping[str, Points], limit: float) -> str:
    """The chart; a dashed line stands at `limit`. All x must be above zero."""
    xs = [log10(x) for points in lines.values() for x, _ in points]
    top = max([limit * 1.2, *(y for points in lines.values() for _, y in points)])
    low, high = min(xs), max(*xs, min(xs) + 1e-9)

    def x_of(value: float) -> float:
        return _LEFT + (log10(value) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def y_of(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 20, title, size=14),
        _text((_LEFT + right) / 2, _HEIGHT - 10, across, anchor="middle"),
        _text(_LEFT, _TOP - 6, up),
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#888"/>',
        f'<path d="M{_LEFT} {y_of(limit):.1f}H{right}" stroke="#888" stroke-dasharray="4"/>',
        _text(_LEFT - 6, y_of(limit) + 4, f"{limit:g}", anchor="end"),
        _text(_LEFT - 6, bottom + 4, "0", anchor="end"),
    ]
    for x in sorted({x for points in lines.values() for x, _ in points}):
        parts.append(_text(x_of(x), bottom + 16, f"{x:,.0f}", anchor="middle"))
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        drawn = [(x_of(x), y_of(y)) for x, y in points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in drawn
        ]
        parts.append(_text(right + 12, _TOP + 12 + 18 * number, name, colour=colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: int = 12,
    colour: str = "#222",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="{colour}">{escape(text)}</text>'
    )
