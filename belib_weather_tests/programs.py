"""Programs run one after the other in one process: what they all import is imported once.

`python -m belib_weather_tests.programs`, with their command lines as JSON on standard input; what
each of them prints is JSON on standard output.
"""

import io
import json
import runpy
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path


def printed(program: str, *options: str) -> tuple[str, str]:
    """Run a program as `python program options…` does; its output and its errors."""
    output, errors = io.StringIO(), io.StringIO()
    sys.argv = [program, *options]
    sys.path[0] = str(Path(program).parent)
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            runpy.run_path(program, run_name="__main__")
        except SystemExit as end:
            if isinstance(end.code, str):
                errors.write(f"{end.code}\n")
        except Exception:
            traceback.print_exc()
    return output.getvalue(), errors.getvalue()


def main(lines: Sequence[Sequence[str]]) -> None:
    """Run programs, and say what they print."""
    answer = json.dumps([printed(*line) for line in lines])
    sys.stdout.write(answer)


if __name__ == "__main__":
    main(json.load(sys.stdin))
