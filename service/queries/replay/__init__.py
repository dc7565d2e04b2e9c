"""A project as it stood at any moment: the steps of its log, and the diagram at one of them."""

from service.queries.replay.decisions import Fired
from service.queries.replay.moment import Moment, moment_at
from service.queries.replay.steps import Step
from service.queries.replay.told import Told, told

__all__ = ["Fired", "Moment", "Step", "Told", "moment_at", "told"]
