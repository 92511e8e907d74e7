"""The history page: empty, with one session, with many; every change reaches the store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fer_core import LANGUAGES, Filter, Settings, StorageError, say
from fer_core.config import ScoringSettings
from fer_core.history.storage import identity
from fer_core.records import Recipe, SelfRating, Stretch
from fer_core.sessions.scored import reheard, score
from fer_core.sessions.scoring import FACE_SCORES
from pages.parts import history
from tests.browser import LEFT_TO_GC
from tests.pages.test_pages import PAGES, group, open_page, text_of
from tests.planted import FULL, scored_again, session, spoken

pytestmark = LEFT_TO_GC


def now(days: int = 0) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


def kept(store, count: int) -> list[str]:
    return [store.save(replace(session(name=f"연습 {i}"), created=now(i)), "ko")
            for i in range(count)]


def t(key: str, language: str = "ko", **values: object) -> str:
    return say(f"page.history.{key}", language, **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty(store, language):
    app = open_page("history", language)
    assert t("empty", language) in text_of(app)
    assert not app.exception
    assert app.button(key="delete_all").disabled


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_session(store, language):
    number, = kept(store, 1)
    app = open_page("history", language)
    text = text_of(app)
    assert "연습 0" in text
    assert t("list", language, count=1) in text
    assert t("trend", language) not in text  # one point is no trend
    today = date.today().isoformat()
    assert "😐" in app.button(key=f"pick_{today}").label
    app.button(key=f"open_{number}").click().run()
    assert app.session_state["poise.session"].source.name == "연습 0"


def test_rename_note_and_tag(store):
    number, _ = kept(store, 2)
    app = open_page("history")
    app.button(key=f"manage_{number}").click().run()
    app.text_input(key=f"name_{number}").set_value("1차 <b>면접</b>")
    app.text_area(key=f"note_{number}").set_value("떨렸다")
    app.text_input(key=f"tags_{number}").set_value("모의, 1차 ,모의")
    app.button(key=f"save_{number}").click().run()
    (entry,) = store.list(Filter(tag="1차"))
    assert (entry.name, entry.note, entry.tags) == ("1차 <b>면접</b>", "떨렸다", ("모의", "1차"))
    assert "1차 <b>면접</b>" in text_of(app)  # words, never markup
    app.text_input(key="search").set_value("떨렸").run()
    assert t("list", count=1) in text_of(app)
    app.text_input(key="search").set_value("없는 말").run()
    assert t("none_found") in text_of(app)


def test_two_are_compared_and_only_a_real_change_is_called_one(store):
    calm = replace(session(120, unseen=slice(0, 0)), created=now(1))
    tense = calm.timeline.probabilities.copy()
    tense[:, [0, 6]] = tense[:, [6, 0]]
    worse = scored_again(calm, created=now(),
                         timeline=replace(calm.timeline, probabilities=tense))
    numbers = [store.save(s, "ko") for s in (calm, worse)]
    app = open_page("history")
    text = text_of(app)
    label = say("score.confidence.label", "ko")
    assert f"{label} " in text
    assert "실제로 내렸습니다" in text
    assert "달라졌다고 할 수 없습니다" in text
    for number in numbers:
        app.checkbox(key=f"mark_{number}").check().run()
    assert t("compare") in text_of(app)


def test_how_two_sessions_were_said_stands_side_by_side(store):
    slower = replace(spoken(), spoken=(Stretch(0.4, 5), Stretch(8, 20)))
    numbers = [store.save(replace(reheard(session(), voice), created=now(day)), "ko")
               for day, voice in ((2, spoken()), (1, slower))]
    app = open_page("history")
    for number in numbers:
        app.checkbox(key=f"mark_{number}").check().run()
    text = text_of(app)
    assert t("sum.longest_pause") in text
    assert "3.0" in text
    assert t("sum.fillers_per_100_words") in text


def older(days: int):
    """Scored by another recipe, which excused more."""
    lenient = score(FULL.timeline, ScoringSettings(resting=0.5), answers=FULL.answers)
    return replace(FULL, created=now(days),
                   scored=replace(lenient, recipe=Recipe(1, {}, {}, "none")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_on_different_scales_are_scored_anew_at_a_button(store, language):
    old, new = (store.save(s, language) for s in (older(1), replace(FULL, created=now())))
    before = [s.value for s in store.load(old).scores]
    today = [s.value for s in FULL.scores]
    assert before != pytest.approx(today)
    store.change(old, name="처음", note="떨렸다")
    app = open_page("history", language)
    told = t("change.other", language, what=t("change.basis.version", language))
    assert told in text_of(app)
    for number in (old, new):
        app.checkbox(key=f"mark_{number}").check().run()
    assert t("anew.note", language) in text_of(app)
    assert [s.value for s in store.load(old).scores] == before  # nothing without the person
    app.session_state["poise.session"] = store.load(old)
    app.button(key="anew_compare").click().run()
    assert not app.exception
    anew = store.load(old)
    assert [s.value for s in anew.scores] == pytest.approx(today)
    assert [s.value for s in anew.former.scores] == before
    assert store.load(new).former is None
    assert app.session_state["poise.session"].former is not None
    (entry,) = (e for e in store.list() if e.id == old)
    assert (entry.name, entry.note) == ("처음", "떨렸다")
    assert told not in text_of(app)
    assert "anew_compare" not in [b.key for b in app.button]


def test_what_scoring_anew_does_not_mend_is_said(store):
    """The trend's own button; the networks differ too."""
    store.save(replace(older(1), models=FULL.models[:1]), "ko")
    store.save(replace(FULL, created=now()), "ko")
    app = open_page("history")
    assert t("anew.rest", what=t("change.basis.networks")) in text_of(app)
    app.button(key="anew_trend").click().run()
    # Delivery is of the voice, which these networks do not read.
    assert t("change.apart", what=t("change.basis.networks"), labels=", ".join(
        say(f"score.{name}.label", "ko") for name in FACE_SCORES)) in text_of(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sessions_read_in_another_way_are_not_compared(store, language):
    """One that does not tell was read before dim pictures were lightened."""
    store.save(replace(FULL, reading=1, created=now(1)), language)
    store.save(replace(FULL, created=now()), language)
    assert t("change.other", language,
             what=t("change.basis.reading", language)) in text_of(open_page("history", language))


def test_a_delivery_with_words_is_not_compared_with_one_without(store):
    unknown = np.full(len(FULL.timeline), np.nan)
    mute = scored_again(FULL, timeline=FULL.timeline.having(
        words=unknown, fillers=unknown, hesitations=unknown))
    store.save(replace(mute, created=now(1)), "ko")
    store.save(replace(FULL, created=now()), "ko")
    shown = text_of(open_page("history"))
    assert t("change.apart", labels=say("score.delivery.label", "ko"),
             what=t("change.basis.voice")) in shown
    value = next(f"{s.value:.0f}" for s in FULL.scores if s.name == "confidence")
    assert f"{say('score.confidence.label', 'ko')} {value} → {value}(" in shown


def test_the_gap_to_the_own_rating_closes(store):
    score = next(s for s in FULL.scores if s.name == "confidence")
    for days, own in ((3, 0.0), (0, score.value)):
        store.save(replace(FULL, created=now(days), self_rating=SelfRating(own, None)), "ko")
    assert "줄었습니다" in text_of(open_page("history"))


def test_delete_one_and_all(store):
    numbers = kept(store, 3)
    app = open_page("history")
    app.button(key=f"manage_{numbers[1]}").click().run()
    assert app.button(key=f"delete_{numbers[1]}").disabled
    app.checkbox(key=f"sure_{numbers[1]}").check().run()
    app.button(key=f"delete_{numbers[1]}").click().run()
    assert {e.id for e in store.list()} == {numbers[0], numbers[2]}
    app.checkbox(key="sure_all").check().run()
    app.button(key="delete_all").click().run()
    assert store.list() == ()
    assert t("empty") in text_of(app)
    assert t("deleted_all") in text_of(app)
    assert t("deleted_all") not in text_of(app.run())


def test_deletion_age(store):
    kept(store, 1)
    store.save(replace(session(), created=now(20)), "ko")
    app = open_page("history")
    app.selectbox(key="age").set_value(7).run()
    assert store.keep_days == 7
    assert len(store.list()) == 1


def test_many_sessions_come_ten_at_a_time(store):
    kept(store, 25)
    app = open_page("history")
    rows = [b for b in app.button if b.key.startswith("open_")]
    assert len(rows) == 10
    app.button(key="more").click().run()
    assert len([b for b in app.button if b.key.startswith("open_")]) == 20


def test_a_day_of_the_calendar_shows_that_day_alone(store):
    kept(store, 1)
    store.save(replace(session(name="어제"), created=now(1)), "ko")
    app = open_page("history")
    today = date.today().isoformat()
    app.button(key=f"pick_{today}").click().run()
    assert t("only_day", date=today) in text_of(app)
    assert t("list", count=1) in text_of(app)
    app.button(key="earlier").click().run()
    app.button(key="later").click().run()
    assert t("list", count=2) in text_of(app)


@pytest.mark.slow
def test_the_photo_of_the_day(store, astronaut):
    if not (Settings().weights / "manifest.json").is_file():
        pytest.skip("no trained weights in weights/")
    picture = BytesIO()
    Image.fromarray(astronaut).save(picture, "JPEG", exif=Image.Exif())
    app = open_page("history")
    app.toggle(key="photo_on").set_value(True).run()
    app.file_uploader(key="photo_file").set_value(("../나.jpg", picture.getvalue(), "image/jpeg"))
    app.text_input(key="photo_note").set_value("좋은 날").run()
    app.button(key="photo_keep").click().run()
    today = date.today()
    (photo,) = store.photos(today, today + timedelta(days=1))
    assert photo.note == "좋은 날"
    assert sum(photo.reading.values()) == pytest.approx(1, abs=1e-6)
    assert max(Image.open(BytesIO(photo.picture)).size) <= 320
    assert any(e in app.button(key=f"pick_{today.isoformat()}").label for e in "😐😊😮😢😠🤢😨😒")
    app.button(key="photo_delete").click().run()
    assert store.photos(today, today + timedelta(days=1)) == ()


def test_a_rating_reaches_the_kept_session_and_keeping_can_be_switched_off(store):
    def rate(app, value: int):
        app.session_state["poise.session"] = replace(FULL, created=now(value))
        app.session_state["poise.fresh"] = True
        app.run()
        group(app, "rate_confidence").set_value(value)
        app.button(key="rate_done").click().run()
        return app

    app = rate(open_page("report"), 30)
    assert [e.own for e in store.list()] == [{"confidence": 30.0}]
    app.switch_page(PAGES["history"]).run()
    app.toggle(key="keep").set_value(False).run()
    app.switch_page(PAGES["report"]).run()
    rate(app, 40)
    assert len(store.list()) == 1
    app.switch_page(PAGES["history"]).run()
    assert app.toggle(key="keep").value is False


def test_what_an_analysis_gives_is_kept(store, monkeypatch):
    monkeypatch.setattr(history.st, "session_state", {})
    monkeypatch.setattr(history, "language", lambda: "ko")
    monkeypatch.setattr(history, "store", lambda: store)
    history.remember(FULL)
    history.remember(FULL)
    assert [e.id for e in store.list()] == [identity(FULL)]
    store._database.engine.dispose()
    monkeypatch.setattr(history, "store", lambda: (_ for _ in ()).throw(
        StorageError("error.storage.full")))
    history.remember(session())  # said later, never raised: the session itself goes on
    assert history.st.session_state[history.FAILED].key == "error.storage.full"


def test_a_store_that_cannot_be_opened_is_said(tmp_path, monkeypatch):
    (tmp_path / "poise.db").write_bytes(b"no database" * 400)
    monkeypatch.setenv("POISE_HOME", str(tmp_path))
    history._open.clear()
    app = open_page("history", "en")
    assert say("error.storage.damaged", "en") in text_of(app)
    assert not app.exception
    history._open.clear()
