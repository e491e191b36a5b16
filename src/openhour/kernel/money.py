"""An amount of US dollars, exact to the cent, without floats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """Whole cents; may be negative (a refund)."""

    cents: int

    @classmethod
    def of(cls, dollars: str | int | Decimal) -> Money:
        """Read dollars such as "180", "180.5" or Decimal("180.50").

        Raises ValueError where the text is no amount or holds a part of a cent.
        """
        try:
            cents = Decimal(dollars) * 100
        except ArithmeticError as error:
            raise ValueError(f"not an amount of money: {dollars!r}") from error
        if not cents.is_finite() or cents != cents.to_integral_value():
            raise ValueError(f"not an amount in whole cents: {dollars!r}")
        return cls(int(cents))

    @property
    def dollars(self) -> Decimal:
        """The amount with exactly two places."""
        return Decimal(self.cents).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __mul__(self, units: int) -> Money:
        return Money(self.cents * units)

    def __str__(self) -> str:
        return f"${self.dollars:,.2f}"
