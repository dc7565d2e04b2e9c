"""What differs between two bundles in meaning: elements, tables, forms, settings, with old and new values."""

from service.difference.change import Change
from service.difference.compare import difference

__all__ = ["Change", "difference"]
