"""Faults of written live files against our own declarations of their fields.

What belongs here: which declaration is that of which file. What does not: the publishers' schemas,
which tests hold the declarations against.
"""

from pydantic import ValidationError

from belib_weather.live_files.catalog import LiveFile
from belib_weather.live_files.csv_file import MOST_FAULTS, faults_of_csv
from belib_weather.live_files.openapi_3_1 import SHAPES, TABLES


def faults(file: LiveFile, body: bytes) -> list[str]:
    """What breaks the declaration in a written file, one line each; none where all is well."""
    if file in TABLES:
        return faults_of_csv(body, TABLES[file])
    if file in SHAPES:
        try:
            SHAPES[file].model_validate_json(body)
        except ValidationError as error:
            return [
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
                for one in error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
            ]
    return []
