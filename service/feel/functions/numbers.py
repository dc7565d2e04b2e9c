"""Numeric functions (DMN 1.5, 10.3.4.5)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from service.feel.functions.declare import builtin
from service.feel.limits import Run
from service.feel.values import NUMBERS, DaysTime, YearsMonths, whole

SCALES = range(-6111, 6177)  # DMN 1.5, 10.3.2.3.1


def _rounded(value: Decimal, scale: Decimal, how: str) -> Decimal:
    places = whole(scale)
    if places not in SCALES:
        raise ValueError
    exponent = Decimal(1).scaleb(-places)
    if value.is_zero() or -value.as_tuple().exponent <= places:  # type: ignore[operator]
        return value
    found = value.quantize(exponent, rounding=how, context=_WIDE)
    return NUMBERS.plus(found)


_WIDE = NUMBERS.copy()
_WIDE.prec = 80


@builtin("decimal(n: num, scale: num)")
def decimal_(run: Run, n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, ROUND_HALF_EVEN)


for _name, _how in {"floor": ROUND_FLOOR, "ceiling": ROUND_CEILING}.items():

    def _edge(run: Run, n: Decimal, scale: Decimal = Decimal(0), how: str = _how) -> Decimal:
        return _rounded(n, scale, how)

    builtin(f"{_name}(n: num, [scale: num])")(_edge)

for _name, _how in {
    "round up": ROUND_UP,
    "round down": ROUND_DOWN,
    "round half up": ROUND_HALF_UP,
    "round half down": ROUND_HALF_DOWN,
}.items():

    def _round(run: Run, n: Decimal, scale: Decimal = Decimal(0), how: str = _how) -> Decimal:
        return _rounded(n, scale, how)

    builtin(f"{_name}(n: num, [scale: num])")(_round)


@builtin("abs(n: any)")
def abs_(run: Run, n: Any) -> Any:
    if isinstance(n, Decimal):
        return abs(n)
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    if isinstance(n, DaysTime):
        return DaysTime(abs(n.seconds))
    raise ValueError


@builtin("modulo(dividend: num, divisor: num)")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    floor = NUMBERS.divide(dividend, divisor).to_integral_value(ROUND_FLOOR)
    return NUMBERS.subtract(dividend, NUMBERS.multiply(divisor, floor))


@builtin("sqrt(number: num)")
def sqrt(run: Run, number: Decimal) -> Decimal:
    return NUMBERS.sqrt(number)


@builtin("log(number: num)")
def log(run: Run, number: Decimal) -> Decimal:
    if number <= 0:
        raise ValueError
    run.tick(8)  # as long as so many plain steps
    return NUMBERS.ln(number)


@builtin("exp(number: num)")
def exp(run: Run, number: Decimal) -> Decimal:
    run.tick(5)
    return NUMBERS.exp(number)


def _half(number: Decimal) -> Decimal:
    """What is left when halved; numbers beyond the digits of a number are multiples of ten."""
    if number.adjusted() >= NUMBERS.prec:
        return Decimal(0)
    return NUMBERS.remainder(number, Decimal(2))


@builtin("odd(number: num)")
def odd(run: Run, number: Decimal) -> bool:
    return abs(_half(number)) == 1


@builtin("even(number: num)")
def even(run: Run, number: Decimal) -> bool:
    return _half(number).is_zero()
