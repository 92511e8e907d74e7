"""``python -m tests.torture [--clips 1000] [--first 0] [--seed 21] [--real]``: prints what became
of how many clips and the worst of them; exits with 1 where one was not accounted for."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from fer_core.config import Settings
from tests.torture import damage
from tests.torture.run import Row, torture


def table(rows: list[Row]) -> str:
    outcomes = sorted({row.outcome for row in rows}, key=lambda o: (o != "report", o))
    kinds = sorted({row.kind for row in rows})
    counts = Counter((row.kind, row.outcome) for row in rows)
    short = [o.removeprefix("error.video.") for o in outcomes]
    lines = [f"{'':22}" + "".join(f"{o:>13}" for o in short) + f"{'s, most':>10}{'MB, most':>10}"]
    for kind in [*kinds, "all"]:
        of = [row for row in rows if kind in (row.kind, "all")]
        numbers = [sum(counts[k, o] for k in {row.kind for row in of}) for o in outcomes]
        lines.append(f"{kind:22}" + "".join(f"{n:13}" for n in numbers)
                     + f"{max(r.took for r in of):10.1f}{max(r.peak for r in of):10.0f}")
    took = np.array([row.took for row in rows])
    lines.append(f"{len(rows)} clips, {sum(row.bad for row in rows)} not accounted for; s a clip: "
                 f"median {np.median(took):.2f}, 99 % under {np.quantile(took, 0.99):.1f}")
    return "\n".join(lines)


def main() -> int:
    wishes = argparse.ArgumentParser()
    for name, value in (("--clips", 1000), ("--first", 0), ("--seed", 21)):
        wishes.add_argument(name, type=int, default=value)
    wishes.add_argument("--real", action="store_true", help="with the real networks")
    wish = wishes.parse_args()
    rows: list[Row] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        shared = sorted((Settings().data / "clips").glob("*"))
        whole = shared or damage.small(Path(folder))
        (place := Path(folder) / "work").mkdir()
        for row in torture(place, range(wish.first, wish.first + wish.clips), wish.seed, whole,
                           wish.real):
            rows.append(row)
            if row.bad:
                print(row, flush=True)
    print(table(rows))
    print(f"seed {wish.seed}, from {wish.first} on, {'real' if wish.real else 'light'} networks, "
          f"{'shared' if shared else 'made'} clips, {time.monotonic() - began:.0f} s")
    return any(row.bad for row in rows)


if __name__ == "__main__":
    sys.exit(main())
