"""Write what pingouin says about public data; tests/test_cohort_peers.py compares ours.

pip install -e '.[peers]'
python tests/peers/pingouin_values.py > tests/peers/pingouin.json
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin as pg

PATTERNS = json.loads((Path(__file__).parent / "psych.json").read_text("utf-8"))["lsat6_patterns"]


def lsat6() -> pd.DataFrame:
    """Return the thousand people of Bock & Lieberman (1970)."""
    counted = np.array(PATTERNS)
    rows = np.repeat(counted[:, :-1], counted[:, -1], axis=0)
    return pd.DataFrame(rows, columns=[f"Q{number}" for number in range(1, 6)])


def described(items: pd.DataFrame, policy: str) -> dict[str, object]:
    """Return alpha and its interval."""
    alpha, interval = pg.cronbach_alpha(data=items, nan_policy=policy)
    return {"alpha": float(alpha), "low": float(interval[0]), "high": float(interval[1])}


def with_rest(items: pd.DataFrame) -> list[float]:
    """Return each item's correlation with the sum of the others."""
    total = items.sum(axis=1)
    return [float(pg.corr(items[item], total - items[item])["r"].iloc[0]) for item in items]


def main() -> None:
    """Write the file to standard output."""
    missing = pg.read_dataset("cronbach_wide_missing")
    found = {
        "version": version("pingouin"),
        "lsat6": {**described(lsat6(), "listwise"), "item_rest_r": with_rest(lsat6())},
        "wide_missing": missing.astype(object).where(missing.notna(), None).to_numpy().tolist(),
        "wide_missing_listwise": described(missing, "listwise"),
        "wide_missing_pairwise": described(missing, "pairwise"),
    }
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
