import errno
import os
import pickle
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.errors import FileError, PoiseError, StorageError, unexpected, why
from fer_core.texts import LANGUAGES, explain
from tests.test_texts import SOURCES

COMMON = (errno.ENOSPC, errno.EACCES, errno.ENOENT, errno.EISDIR, errno.EMFILE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_file_fails_is_said_in_the_readers_language(language):
    said = {explain(FileError.of(OSError(number, os.strerror(number))), language)
            for number in COMMON}
    assert len(said) == len(COMMON)
    rest = explain(FileError.of(OSError(errno.EIO, os.strerror(errno.EIO))), language)
    assert str(errno.EIO) in rest
    assert os.strerror(errno.EIO) not in rest
    if language == "ko":
        assert not any(re.search("[A-Za-z]", words) for words in {*said, rest})


def test_nobody_shows_the_systems_own_words():
    assert [p.name for p in SOURCES if "strerror" in p.read_text("utf-8")] == []


def test_a_reason_fills_a_sentence_also_after_a_process():
    error = StorageError("error.disk", detail=FileError.of(OSError(errno.ENOSPC, "No space")))
    again = pickle.loads(pickle.dumps(error))
    assert explain(again, "ko") == "결과를 저장할 수 없습니다: 디스크에 남은 공간이 없습니다"
    assert explain(again, "en").endswith("there is no space left on the disk")


def test_a_library_without_a_number_keeps_its_words_unless_its_kind_tells():
    assert explain(PoiseError("error.batch.source", source="x", detail=why(
        FileNotFoundError("x"))), "ko") == "x: 읽을 수 없습니다: 그런 파일이나 폴더가 없습니다"
    assert why(OSError("AWS Error ACCESS_DENIED\nmore")) == "AWS Error ACCESS_DENIED"
    assert why(ValueError()) == "ValueError"
    assert "KeyError" in explain(unexpected(KeyError("Kim Jiwon")), "ko")
    assert "Kim" not in explain(unexpected(OSError("Kim Jiwon")), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_line_says_it_so(language, tmp_path):
    for path, number in ((tmp_path / "none.png", errno.ENOENT), (tmp_path, errno.EISDIR)):
        result = CliRunner().invoke(app, ["emoticon", str(path), "--lang", language])
        assert result.exit_code == 1
        assert result.stderr.strip().endswith(explain(
            FileError.of(OSError(number, "")), language))


def test_a_page_says_it_so(monkeypatch):
    from pages.parts import speech
    said = []
    monkeypatch.setattr(speech.st, "session_state", {"poise.language": "ko"})
    monkeypatch.setattr(speech, "notice", lambda text, kind: said.append(text))
    with speech.guarded():
        Path("/nonexistent/clip").read_bytes()
    assert said == [explain(unexpected(OSError(errno.ENOENT, "")), "ko")]
    assert "그런 파일이나 폴더가 없습니다" in said[0]
