"""Figures side by side: a row each, a column a stand, and behind each column but the floor's its ratio to the floor."""

FLOOR = "floor"


def show(title, found, rows):
    """`found`: {(scenario, setup, stand): {row: number}}."""
    stands = {stand: figures for (_scenario, _setup, stand), figures in found.items()}
    print(f"\n{title}")
    print(f"{'':22}" + "".join(f"{name:>22}" for name in stands))
    for row in rows:
        cells = [_cell(row, name, figures, stands.get(FLOOR)) for name, figures in stands.items()]
        print(f"{row:22}" + "".join(f"{cell:>22}" for cell in cells))
    print(flush=True)


def _cell(row, name, figures, floor):
    if row not in figures:
        return "–"
    value = figures[row]
    if isinstance(value, dict):  # how often each code closed a socket
        value = sum(value.values())
    if name == FLOOR or not floor or not floor.get(row) or isinstance(value, int):
        return number(value)
    return f"{number(value)} ({number(value / floor[row])} ×)"


def number(value):
    """Three digits that say something."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
