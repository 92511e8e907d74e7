"""Clips behind ``s3://``, in a store of this process's own (moto)."""

import json

import pandas as pd
import pytest
from moto.server import ThreadedMotoServer
from pyarrow.fs import S3FileSystem
from typer.testing import CliRunner

from fer_core.batch.sources import at_hand, digest, find
from fer_core.cli import app
from fer_core.errors import DatasetError
from tests.clips import even, person, write_clip

pytestmark = pytest.mark.slow  # the store takes seconds to come up


@pytest.fixture(scope="module")
def options():
    """What an address of the store ends with; ``interviews`` is there, with three files."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                            "AWS_EC2_METADATA_DISABLED": "true"}.items():
            patch.setenv(name, value)
        server = ThreadedMotoServer("127.0.0.1", 0)
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield f"?scheme=http&endpoint_override={host}:{port}&region=us-east-1"
        finally:
            server.stop()


@pytest.fixture(scope="module")
def store(options):
    host = options.partition("endpoint_override=")[2].partition("&")[0]
    store = S3FileSystem(scheme="http", endpoint_override=host, region="us-east-1",
                         allow_bucket_creation=True)
    store.create_dir("interviews")
    for name in ("a.mp4", "deep/b c.mov", "notes.txt"):
        put(store, name, name.encode())
    put(store, "list.csv", b"clip\ndeep/b c.mov\n")
    return store


def put(store, name, data):
    with store.open_output_stream(f"interviews/{name}") as stream:
        stream.write(data)


def test_a_bucket_is_searched_whole_for_clips(store, options):
    found = find([f"s3://interviews{options}"])
    assert [(clip.name, clip.size) for clip in found] == [("a.mp4", 5), ("b c.mov", 12)]
    with at_hand(found[1].uri) as path:
        assert path.read_bytes() == b"deep/b c.mov"
    assert not path.exists()
    assert digest(found[0].uri) != digest(found[1].uri)


def test_a_list_in_the_store_names_clips_beside_it(store, options):
    (clip,) = find([f"s3://interviews/list.csv{options}"])
    assert clip.name == "b c.mov"
    assert clip.size == 12


def test_a_bucket_that_is_not_there_is_said(store, options):
    with pytest.raises(DatasetError):
        find([f"s3://nowhere/clips{options}"])


def test_a_report_of_a_clip_in_the_store(store, options, astronaut, tmp_path):
    clip = write_clip(tmp_path / "mine.mp4", person(astronaut, even(2, 8)))
    put(store, "real/mine.mp4", clip.read_bytes())
    ran = CliRunner().invoke(app, [
        "batch", f"s3://interviews/real{options}", "--out", str(tmp_path / "out"),
        "--workers", "1", "--lang", "en"])
    assert ran.exit_code == 0, ran.output
    (row,) = pd.read_parquet(tmp_path / "out" / "manifest.parquet").itertuples()
    assert (row.status, row.clip.partition("?")[0]) == ("done", "s3://interviews/real/mine.mp4")
    report = json.loads((tmp_path / "out" / row.report).read_text("utf-8"))
    assert report["source"]["sha256"] == row.sha256
