"""What ``validate`` found, as tables for a terminal."""

from typing import Any

from fer_core.lab.people import criteria


def describe(result: dict[str, Any]) -> str:
    """The result as a table for a terminal."""
    lines = [f"{result['data']}: n {result['n']} of {result['people']} people", result["source"]]
    return "\n".join([*lines, "", *(_clip_lines(result) if result["kind"] == "clips"
                                    else _judge_lines(result))])


def _clip_lines(result: dict[str, Any]) -> list[str]:
    head = f"{'Spearman':18} {'n':>3} {'middle 90 %':>12}  " + "  ".join(
        f"{name[:20]:>20}" for name in criteria.CLIP_RATINGS)
    out = [head]
    for title in ("scores", "parts"):
        for name, row in result[title].items():
            low, _, high = row["middle"] or (None,) * 3
            middle = "–" if low is None else f"{low:.0f}–{high:.0f}"
            out.append(f"{name:18} {row['n']:3} {middle:>12}  " + "  ".join(
                f"{_told(row['ratings'].get(r)):>20}" for r in criteria.CLIP_RATINGS))
        out.append("")
    held = result["held"]
    for name, ratings in held.items():
        found = result["scores"][name]["ratings"]
        out += [f"{name}: should go with {rating}: {_told(found.get(rating))}"
                for rating in ratings]
    out += [f"{name}: not held against people" for name in result["scores"] if name not in held]
    return out


def _judge_lines(result: dict[str, Any]) -> list[str]:
    out = [f"{'rating':18} {'reliability':>11} {'one judge':>9} {'order':>6}"]
    out += [f"{name:18} {row['reliability']:11.2f} {row['one']:9.2f} {row['one_order']:6.2f}"
            + ("" if row["usable"] else "  too noisy to hold anything against")
            for name, row in result["ratings"].items()]
    out += ["", "What people weigh (none below 0, ten folds by person), shares in brackets"]
    out += [f"{f['target']:16} {_told(f):>20}  " + ", ".join(
        f"{name} {'–' if w['r'] is None else format(w['r'], '.2f')}"
        for name, w in f["weights"].items()) for f in result["fits"]]
    out += ["", "Alone"]
    out += [f"{row['target']:16} {row['rating']:12} {_told(row):>20}" for row in result["alone"]]
    out += ["", "Of a score's parts that people rated: their share, and ours"]
    out += [f"{row['score']:14} {row['part']:10} by {row['target']:16} {_told(row, 'people'):>20}"
            f"  ours {row['ours']:.2f}" for row in result["shares"]]
    if "delivery" in result:
        out += ["", "What the voice foretells (ten folds by person, mean over five deals)"]
        out += [f"{title:16} {rating:10} {row['r']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"
                for title in ("delivery", "without_words", "with_face")
                for rating, row in result[title].items()]
        out.append("weights of delivery: " + ", ".join(
            f"{part} {weight:.2f}" for part, weight in result["weights"].items()))
    return out


def _told(row: dict[str, Any] | None, name: str = "r") -> str:
    if row is None or row[name] is None:
        return "–"
    return f"{row[name]:+.2f} [{row['interval'][0]:+.2f}, {row['interval'][1]:+.2f}]"
