"""Fill in the rows of golden files: `python -m belib_weather_tests.golden`.

New cases get their rows. Rows that are there change only under a higher version of the rules.
"""

import json
import sys

from belib_weather_tests.golden import GOLDEN


def main() -> int:
    """Write every file that may be written; the number of those that may not."""
    refused = 0
    for golden in GOLDEN:
        stored, rules = golden.read(), golden.table.rules
        computed = {name: golden.rows(case["input"]) for name, case in stored["cases"].items()}
        changed = [
            n for n, c in stored["cases"].items() if c.get("rows", computed[n]) != computed[n]
        ]
        if changed and rules <= stored["rules"]:
            print(  # noqa: T201
                f"{golden.table.name}: the rows of {', '.join(changed)} change; "
                f"raise its rules from {stored['rules']} to {stored['rules'] + 1} first"
            )
            refused += 1
            continue
        cases = {n: {"input": c["input"], "rows": computed[n]} for n, c in stored["cases"].items()}
        text = json.dumps({"rules": rules, "cases": cases}, indent=1, ensure_ascii=False)
        golden.path.write_text(f"{text}\n", encoding="utf-8")
    return refused


if __name__ == "__main__":
    sys.exit(main())
