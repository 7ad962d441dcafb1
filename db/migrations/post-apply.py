"""Loads all code after a plain `yoyo apply`: functions, triggers and views from their files.

`leadsync migrate` does the same by itself. The loader is found beside this directory, so that
yoyo need not run where the package is installed; it wants psycopg and sqlparse only.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from yoyo import step

DB = Path(__file__).resolve().parent.parent


def load(connection: Any) -> None:
    """Load the code in yoyo's transaction."""
    # In a checkout the package lies beside db, in a wheel around it.
    places = (DB.parent, DB.parent.parent)
    root = next(place for place in places if (place / "runner" / "loader.py").is_file())
    sys.path.insert(0, str(root))
    import_module("runner.loader").load_code(connection, DB)


step(load)
