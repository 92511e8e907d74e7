"""How long the app takes to open beside an empty Streamlit app: ``python -m tests.opening
[--rounds 5]``. From starting the process to the heading on the screen, and once more in a
browser that has never been there while the server runs; the two take turns."""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import ROOT, at_home, free_port, open_browser, until_up

EMPTY = 'import streamlit as st\n\nst.html("<h1>Empty</h1>")\n'
WHENCE = {"empty": "empty.py", "Poise": str(ROOT / "server.py")}


def opened(browser: Browser, place: Path, name: str) -> tuple[float, float]:
    """s from nothing, and s of a second visitor."""
    port, log = free_port(), place / "log"
    folder = ROOT if name == "Poise" else place
    began = time.perf_counter()
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", WHENCE[name], "--server.port", str(port),
             "--server.headless", "true"], cwd=folder, env=at_home(place), stdout=out,
            stderr=subprocess.STDOUT)
    try:
        until_up(f"http://localhost:{port}/_stcore/health", server, 60, log, every=0.02)
        seen(browser, port)
        whole = time.perf_counter() - began
        began = time.perf_counter()
        seen(browser, port)
        return whole, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


def seen(browser: Browser, port: int) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://localhost:{port}")
    page.locator(".stMain h1").first.wait_for(timeout=60_000)
    context.close()


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--rounds", type=int, default=5)
    rounds = wishes.parse_args().rounds
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in WHENCE}
    with (sync_playwright() as library, tempfile.TemporaryDirectory() as folder):
        place = Path(folder)
        (place / "empty.py").write_text(EMPTY, "utf-8")
        browser = open_browser(library)
        for name in WHENCE:
            opened(browser, place, name)  # what the disk has not read yet
        for _ in range(rounds):
            for name in WHENCE:
                taken[name].append(opened(browser, place, name))
    for i, what in enumerate(("from nothing", "another visitor")):
        of = {name: statistics.median(row[i] for row in rows) for name, rows in taken.items()}
        ratios = [p[i] / e[i] for p, e in zip(taken["Poise"], taken["empty"], strict=True)]
        print(f"{what}: empty {of['empty']:.2f} s, Poise {of['Poise']:.2f} s, "
              f"{statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
