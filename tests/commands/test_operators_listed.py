"""The list of operators that the checks read is the list that is carried out."""

from service.commands._operators import OPERATORS as carried_out
from service.model.operators import OPERATORS


def test_every_operator_is_listed_with_what_it_needs_and_gives():
    assert set(OPERATORS) == set(carried_out)
    assert all(one.gives for one in OPERATORS.values())
