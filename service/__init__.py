"""Banjie 办结: carries out, records and shows what the diagrams of a county decide."""

__version__ = "0.1.0"
