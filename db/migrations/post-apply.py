"""Loads all code after a plain `yoyo apply`: functions, triggers and views from their files.

`leadsync migrate` does the same by itself. The loader is taken by its path, so that yoyo need
not run where the package is installed; it wants psycopg and sqlparse only.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from yoyo import step

DB = Path(__file__).resolve().parent.parent


def load(connection: Any) -> None:
    """Load the code in yoyo's transaction."""
    # In a checkout the package lies beside db, in a wheel around it.
    places = (DB.parent / "runner" / "loader.py", DB.parent / "loader.py")
    path = next(place for place in places if place.is_file())
    spec = spec_from_file_location("lead_sync_loader", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    loader = module_from_spec(spec)
    spec.loader.exec_module(loader)
    loader.load_code(connection, DB)


step(load)
