"""The one rounding: half up, away from zero; what is below 100 is never written as 100.

Role: every figure, share and index that a person or a program is shown is rounded here and nowhere else,
once, from the exact value. Source: domain notes, sections 1.5 and 10 (a stated rule where published tables
cut off), R16.
"""

from decimal import Decimal
from fractions import Fraction

PLACES = 2
STATED = "Dibulatkan ke dua desimal, setengah ke atas; nilai di bawah 100 tidak pernah dicetak 100,00."


def half_up(value: Fraction | Decimal | int, places: int = PLACES) -> Decimal:
    """The number with so many decimals: 1/8 → 0.13, -1/8 → -0.13."""
    exact = Fraction(value) if isinstance(value, Decimal) else value
    scaled, parts = exact.numerator * 10**places, exact.denominator
    size = (2 * abs(scaled) + parts) // (2 * parts)
    return Decimal((int(scaled < 0 < size), Decimal(size).as_tuple().digits, -places))


def of_hundred(value: Fraction, places: int = PLACES) -> Decimal:
    """An index or a percentage: as `half_up`, but 99.998 stays below 100: 99.99."""
    rounded = half_up(value, places)
    return Decimal(100) - Decimal((0, (1,), -places)) if rounded >= 100 > value else rounded
