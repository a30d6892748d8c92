"""Tables and small pictures for notebooks: HTML and SVG, without a library, in the colours of the page."""

from __future__ import annotations

import math
from html import escape
from typing import Any, Iterable, List, Sequence, Tuple

Point = Tuple[float, float]

_WIDTH, _HEIGHT = 320, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 22, 34


def number(value: float) -> str:
    """A number as people write it: 1,234, 0.25, 3.1e-05."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e9:
        return "{:,d}".format(int(value))
    if 1e-4 <= abs(value) < 1e6:
        digits = max(0, 3 - math.floor(math.log10(abs(value))))
        return "{:,.{}f}".format(value, digits).rstrip("0").rstrip(".")
    return "{:.1e}".format(value)


def share(value: float) -> str:
    """A share in percent: 0.087 %."""
    return number(float("%.2g" % (100 * value))) + " %"


def table(rows: Iterable[Tuple[str, Any]]) -> str:
    """A table of names and values."""
    cells = "".join(
        "<tr><th style='text-align:left'>%s</th><td style='text-align:left'>%s</td></tr>"
        % (escape(name), escape(str(value)))
        for name, value in rows
    )
    return "<table>%s</table>" % cells


def page(headline: str, body: str, pictures: Sequence[str] = ()) -> str:
    """A headline over a table and pictures beside each other."""
    row = "".join(
        "<div style='display:inline-block;margin:0 1em .5em 0'>%s</div>" % p for p in pictures if p
    )
    return "<div><p>%s</p>%s%s</div>" % (escape(headline), body, row)


def ticks(low: float, high: float, logarithmic: bool) -> List[float]:
    """Round numbers from low to high, at most six."""
    if logarithmic:
        least, most = math.floor(math.log10(low)), math.ceil(math.log10(high))
        every = max(1, math.ceil((most - least) / 5))
        powers = [10.0**k for k in range(least, most + 1, every)]
        return [t for t in powers if low * 0.999 <= t <= high * 1.001] or [low, high]
    if high <= low:
        return [low]
    raw = (high - low) / 4
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(m * unit for m in (1, 2, 2.5, 5, 10) if m * unit >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def chart(
    title: str,
    x_name: str,
    points: Sequence[Point],
    log_x: bool = False,
    log_y: bool = False,
    marks: bool = False,
) -> str:
    """A line through points; "" of fewer than two that can be drawn."""
    drawn = [
        (x, y)
        for x, y in points
        if math.isfinite(x) and math.isfinite(y) and (x > 0 or not log_x) and (y > 0 or not log_y)
    ]
    if len(drawn) < 2:
        return ""
    xs, ys = [x for x, _ in drawn], [y for _, y in drawn]
    across = _scale(min(xs), max(xs), _LEFT, _WIDTH - _RIGHT, log_x)
    up = _scale(min(ys), max(ys), _HEIGHT - _BOTTOM, _TOP, log_y)
    parts = ["<text x='%d' y='14' font-weight='bold'>%s</text>" % (_LEFT, escape(title))]
    for tick in ticks(min(xs), max(xs), log_x):
        parts.append(
            "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>"
            % (across(tick), _HEIGHT - _BOTTOM + 14, number(float("%.6g" % tick)))
        )
    for tick in ticks(min(ys), max(ys), log_y):
        parts.append(
            "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='currentColor' stroke-opacity='.15'/>"
            "<text x='%d' y='%.1f' text-anchor='end'>%s</text>"
            % (_LEFT, _WIDTH - _RIGHT, up(tick), up(tick), _LEFT - 5, up(tick) + 3, number(float("%.6g" % tick)))
        )
    parts.append(
        "<text x='%d' y='%d' text-anchor='middle'>%s</text>"
        % ((_LEFT + _WIDTH - _RIGHT) // 2, _HEIGHT - 4, escape(x_name))
    )
    line = " ".join("%.1f,%.1f" % (across(x), up(y)) for x, y in drawn)
    parts.append("<polyline points='%s' fill='none' stroke='#3b7dd8' stroke-width='2'/>" % line)
    if marks:
        parts += ["<circle cx='%.1f' cy='%.1f' r='3' fill='#3b7dd8'/>" % (across(x), up(y)) for x, y in drawn]
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d' role='img'"
        " font-family='sans-serif' font-size='10' fill='currentColor'><title>%s</title>%s</svg>"
        % (_WIDTH, _HEIGHT, _WIDTH, _HEIGHT, escape(title), "".join(parts))
    )


def _scale(low: float, high: float, start: float, end: float, logarithmic: bool) -> Any:
    """From numbers to places on the picture."""
    of = math.log10 if logarithmic else float
    a, b = of(low), of(high)
    return lambda value: (start + end) / 2 if a == b else start + (of(value) - a) / (b - a) * (end - start)


def certificate_rows(certificate: Any) -> List[Tuple[str, Any]]:
    """A certificate's numbers with their names."""
    return [
        ("objective", number(certificate.primalObjective)),
        ("proven lower bound", number(certificate.dualBound)),
        ("relative gap", "%s (asked for: %s)" % (share(certificate.relativeGap), share(certificate.tol))),
        ("beta", "%s (linear from %s on)" % (number(certificate.beta), number(certificate.betaMax))),
        ("gates in use", "%s of %s" % (number(certificate.activeNeurons), number(certificate.gates))),
        ("passes", number(certificate.passes)),
        ("solver", "%s, ended by %s" % (certificate.solver, certificate.stopReason)),
    ]


def certificate_headline(certificate: Any) -> str:
    """A certificate in a sentence."""
    return "Training has at most %s of the objective left to gain." % share(certificate.relativeGap)


def course(trace: Sequence[Any]) -> str:
    """The relative gap by passes, of the last fit."""
    return chart(
        "relative gap",
        "passes over the rows",
        [(t.passes, t.relativeGap) for t in trace if t.phase == "solve"],
        log_y=True,
    )


def losses(path: Sequence[Any]) -> str:
    """The validation loss by beta / betaMax, in order of beta."""
    return chart(
        "validation loss",
        "beta / betaMax",
        sorted((p.ratio, p.validationLoss) for p in path),
        log_x=True,
        marks=True,
    )
