"""A log-log line plot as SVG text, without any library."""

import math

WIDTH, HEIGHT = 760, 480
LEFT, RIGHT, TOP, BOTTOM = 80, 150, 30, 60
COLOURS = ["#0b6e4f", "#c8553d", "#3d5a98", "#8c5383", "#b08900"]
MARKS = ["circle", "square", "diamond", "triangle", "circle"]


def log_log(series, title, x_label, y_label):
    """An SVG picture of `series`, a dictionary of names to lists of (x, y), all positive.

    Colours and marks both tell the lines apart; names stand at the right end of each line.
    """
    points = [point for line in series.values() for point in line]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, right = math.log10(min(xs)) - 0.05, math.log10(max(xs)) + 0.05
    bottom, top = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def across(x):
        return LEFT + (math.log10(x) - left) / (right - left) * (WIDTH - LEFT - RIGHT)

    def up(y):
        return HEIGHT - BOTTOM - (math.log10(y) - bottom) / max(top - bottom, 1) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="13" fill="#222">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-weight="bold">{title}</text>']
    for power in range(bottom, top + 1):
        y = up(10.0**power)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for x in sorted(set(xs)):
        parts.append(f'<path d="M{across(x):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        parts.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_count(x)}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">{x_label}</text>')
    parts.append(f'<text transform="translate(20 {middle}) rotate(-90)" text-anchor="middle">{y_label}</text>')
    for (name, line), colour, mark in zip(series.items(), COLOURS, MARKS):
        path = "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(mark, across(x), up(y), colour) for x, y in line]
    ends = _apart(sorted((up(line[-1][1]), name) for name, line in series.items()))
    for (name, line), colour in zip(series.items(), COLOURS):
        x = across(line[-1][0]) + 10
        parts.append(f'<text x="{x:.1f}" y="{ends[name] + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"


def _apart(places, distance=16):
    """Heights of the names, moved down where two would overlap."""
    found, last = {}, -math.inf
    for height, name in places:
        last = max(height, last + distance)
        found[name] = last
    return found


def _mark(kind, x, y, colour):
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    outline = {
        "square": [(-4, -4), (4, -4), (4, 4), (-4, 4)], "diamond": [(0, -5), (5, 0), (0, 5), (-5, 0)],
        "triangle": [(0, -5), (5, 4), (-5, 4)]}[kind]
    return f'<path d="M{"L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in outline)}Z" fill="{colour}"/>'


def _count(number):
    return f"{number:,}".replace(",", " ")
