"""report.pdf: the same words and numbers as the other formats, on whole A4 pages."""

import csv
import json
import re
import time
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from fer_core.media.pictures import SIDE
from fer_core.records import Answer, Exchange, SelfRating
from fer_core.reports.export import WRITERS, sample_session
from fer_core.reports.report import build_report
from fer_core.texts import LANGUAGES, say
from tests.planted import ALL, FULL, PICTURED, read_by_two, scored_again, session

pytestmark = pytest.mark.slow  # each sets whole documents

A4 = (595.28, 841.89)
RATED = replace(FULL, self_rating=SelfRating(40.0, 75.0))


def pdf(found, language="en") -> PdfReader:
    return PdfReader(BytesIO(WRITERS["pdf"][1](found, language)))


def words(reader: PdfReader) -> str:
    """All text without spaces: lines break wherever the page does."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def inside(sentence: str, text: str) -> bool:
    return re.sub(r"\s+", "", sentence) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_everything_the_report_says_is_in_it(name, language):
    found = replace(read_by_two(ALL[name]), self_rating=SelfRating(40.0, 75.0),
                    typed=(Exchange("job.1", "회계 자료로"),))
    report = build_report(found, language)
    reader = pdf(found, language)
    # The head and foot of a page may fall into a sentence that goes on overleaf.
    text = words(reader)
    said = [report.title, *report.summary, *report.limits, *report.people,
            *(w.text for w in report.warnings),
            *(c.label for c in report.cards if c.value is not None),
            *(line for c in report.cards for line in c.basis),
            *(s.label for s in report.worked), *(a.title for a in report.coaching),
            *(line.text for a in report.coaching for line in a.lines),
            *(m.title for m in report.moments), *(r.label for r in report.self_rating),
            *(part for one in report.typed for part in (one.question, one.text))]
    assert [s for s in said if not inside(s, text)] == []


def test_numbers_are_those_of_json_csv_and_html():
    html = WRITERS["html"][1](RATED, "en").decode()
    table = list(csv.DictReader(StringIO(WRITERS["csv"][1](RATED, "en").decode("utf-8-sig"))))
    stored = json.loads(WRITERS["json"][1](RATED, "en"))
    text = words(pdf(RATED))
    scores = stored["scores"]
    assert len(scores) == 5
    for name, score in scores.items():
        label = say(f"score.{name}.label", "en")
        row = f"{label}{score['value']:.0f}{score['low']:.0f}–{score['high']:.0f}{score['seconds']}"
        assert inside(row, text), row
        assert f">{score['value']:.0f}<" in html
        for part in score["parts"]:
            # A reader with a calculator: the mean of the table's column is the part's value.
            column = [float(r[f"part_{part['name']}"]) for r in table if r[f"part_{part['name']}"]]
            assert sum(column) / len(column) == pytest.approx(part["value"], abs=0.005)
            assert inside(f"{part['value']:.2f}{part['weight']:.3g}"
                          f"{part['value'] * part['weight']:.2f}", text)
            assert f"{part['value']:.2f}" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_a4_and_numbered_and_the_font_is_inside(language):
    reader = pdf(sample_session(), language)
    assert len(reader.pages) > 3
    for number, page in enumerate(reader.pages, 1):
        assert [float(v) for v in page.mediabox[2:]] == pytest.approx(A4, abs=0.1)
        assert inside(say("report.export.page", language, page=number, pages=len(reader.pages)),
                      re.sub(r"\s+", "", page.extract_text()))
        assert not page.images  # the charts are lines and areas
        fonts = page["/Resources"]["/Font"].values()
        for font in fonts:
            kind = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in kind
            assert "PoiseSansKR" in str(kind["/FontName"])
    assert reader.metadata.author == "Poise"
    assert sample_session().source.name in reader.metadata.title
    assert reader.root_object["/Lang"] == language
    assert reader.outline[0]["/Title"] == say("report.section.summary", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_session_gives_the_same_bytes(language):
    assert WRITERS["pdf"][1](RATED, language) == WRITERS["pdf"][1](RATED, language)


def test_a_name_of_any_letters():
    name = "면접 😀 𓂀 ǅ 뷁 ‮evil " + "아주 긴 이름 " * 60 + ".mp4"
    text = words(pdf(session(name=name), "ko"))
    assert "면접□□" in text
    assert "뷁" in text


def test_a_question_in_somebodys_own_words():
    own = "왜 <b>지원</b>했나요? **별** __밑줄__ " * 8
    found = scored_again(FULL, answers=(Answer(own.strip(), 0, 20), Answer("job.3", 20, 40)))
    text = words(pdf(found, "ko"))
    assert inside(own, text)
    assert inside("그 프로젝트에서 본인이 직접 기여한 부분은 어디까지인가요?", text)


def test_kept_pictures_are_inside():
    def shown(session):
        return [image.image.size for page in pdf(session).pages for image in page.images]

    # One object however often it is drawn, and all moments of this session share a picture.
    assert shown(PICTURED) == [(SIDE, SIDE)]
    assert shown(FULL) == []


def test_long_and_short_sessions():
    hour = session(3600, unseen=slice(100, 140))
    many = scored_again(session(600), answers=tuple(
        Answer(f"job.{1 + i % 12}", 20.0 * i, 20.0 * (i + 1)) for i in range(30)))
    second = session(1, unseen=slice(0, 0))
    assert len(pdf(hour).pages) <= 8
    assert len(pdf(many).pages) <= 30
    assert len(pdf(second).pages) <= 5
    assert inside(say("report.export.step", "en", seconds=10), words(pdf(hour)))


@pytest.mark.parametrize(("zone", "told"), [
    ("Asia/Seoul", "2026-11-21 03:30+09:00"), ("America/New_York", "2026-11-20 13:30-05:00")])
def test_times_are_the_readers(zone, told):
    found = replace(FULL, created="2026-11-20T18:30:00+00:00")
    reader = PdfReader(BytesIO(WRITERS["pdf"][1](found, "en", ZoneInfo(zone))))
    assert inside(f"Analysed {told}", words(reader))
    assert inside(told[:10], re.sub(r"\s+", "", reader.pages[1].extract_text()))
    assert json.loads(WRITERS["json"][1](found, "en", ZoneInfo(zone)))["created"] == found.created
    with zipfile.ZipFile(BytesIO(WRITERS["zip"][1](found, "en", ZoneInfo(zone)))) as archive:
        day, month, year, hour = (archive.infolist()[0].date_time[i] for i in (2, 1, 0, 3))
    assert f"{year}-{month:02}-{day:02} {hour:02}" == told[:13]


def test_on_the_command_line_times_are_the_systems(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        summer = replace(FULL, created="2026-07-01T22:30:00+00:00")
        assert inside("Analysed 2026-07-02 00:30+02:00", words(pdf(summer)))
    finally:
        monkeypatch.undo()
        time.tzset()
