"""Odd and hostile files, made in code: each with what must come of it."""

from . import container, drift, kind, path, structure, value, xml

SPECIMENS = (
    *container.SPECIMENS,
    *kind.SPECIMENS,
    *xml.SPECIMENS,
    *structure.SPECIMENS,
    *value.SPECIMENS,
    *drift.SPECIMENS,
    *path.SPECIMENS,
)
