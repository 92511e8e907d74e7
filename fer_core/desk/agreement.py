"""How far reviewers agree."""

from collections.abc import Mapping, Sequence

import krippendorff
import numpy as np


def alpha(units: Sequence[Mapping[str, int]]) -> float | None:
    """Krippendorff's alpha of ordinal ratings (Krippendorff 2011, "Computing Krippendorff's
    Alpha-Reliability").

    Args:
        units: what was rated, each as reviewer -> rating; ratings may be missing.

    Returns:
        1 where all agree, 0 as by chance, below 0 where they oppose each other; None where it
        cannot be told: nothing was rated by two, or only one value was ever given.
    """
    paired = [unit for unit in units if len(unit) > 1]
    reviewers = sorted({reviewer for unit in paired for reviewer in unit})
    if len({rating for unit in paired for rating in unit.values()}) < 2:
        return None
    table = np.array([[unit.get(reviewer, np.nan) for unit in paired] for reviewer in reviewers])
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="ordinal"))
