import cv2
import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.errors import DatasetError
from fer_core.lab import datasets
from fer_core.lab.datasets import samples as samples_module
from fer_core.lab.datasets.fer2013plus import majority, soft_votes

FER2013, FERPLUS = LABEL_SETS["fer2013"], LABEL_SETS["ferplus"]


@pytest.fixture
def npz(tmp_path):
    """Six pictures in the exact format of fer2013plus.npz."""
    votes = np.zeros((6, 10), np.uint8)
    votes[0, 1], votes[1, 4], votes[2, 8], votes[3, 0], votes[4, 2] = 10, 8, 10, 10, 9
    votes[1, 6] = 2
    path = tmp_path / "fer2013plus.npz"
    np.savez(path, images=np.arange(6 * 48 * 48).reshape(6, 48, 48).astype(np.uint8),
             fer_label=np.array([3, 0, 2, 6, 5, 1], np.int8), ferplus_votes=votes,
             split=np.array([0, 0, 0, 1, 2, 2], np.uint8),
             duplicate_group=np.arange(6, dtype=np.int32),
             leaks_from_training=np.array([0, 0, 0, 0, 1, 0], bool),
             blank=np.zeros(6, bool))
    return path


def test_ferplus_majorities_without_unknown_and_unvoted(npz):
    train = datasets.load(npz, "train", FERPLUS)
    assert train.label.tolist() == [1, 4]  # the third is `unknown`
    assert train.target[1, 4] == pytest.approx(0.8)
    test = datasets.load(npz, "test", FERPLUS)
    assert test.label.tolist() == [2]
    assert test.leak.tolist() == [True]


def test_fer2013_labels_keep_every_picture(npz):
    assert datasets.load(npz, "train", FER2013).label.tolist() == [3, 0, 2]
    assert len(datasets.load(npz, "test", FER2013)) == 2


def test_joined_pictures_carry_the_labels_of_both_sets(npz):
    parts = [(s, np.full((len(s), 5, 2), float(i))) for i, s in enumerate(
        datasets.load(npz, "train", labels) for labels in (FERPLUS, FER2013))]
    joint = datasets.join(parts)
    assert len(joint) == 3
    assert joint.label.tolist() == [[1, 3], [4, 0], [-1, 2]]
    np.testing.assert_allclose(joint.targets[0].sum(1), [1, 1, 0])
    assert joint.landmarks[:, 0, 0].tolist() == [0, 0, 1]
    twice = datasets.join([(s, m) for s, m in parts[1:]] * 2)
    assert len(twice) == 3


def test_exact_copies_stay_apart():
    black = np.zeros((4, 4), np.uint8)
    copies = datasets.Samples(FER2013, [black, black], np.eye(7)[[1, 2]], np.array([1, 2]),
                              np.zeros(2, bool))
    marks = np.full((2, 5, 2), np.nan)
    joint = datasets.join([(copies, marks), (copies, marks)])
    assert joint.label.tolist() == [[1, 1], [2, 2]]


def test_landmarks_are_kept_by_picture(astronaut, tmp_path, monkeypatch):
    face = cv2.resize(astronaut[:256, 100:356], (96, 96))
    blank = np.zeros((48, 48), np.uint8)

    def of(*pictures):
        n = len(pictures)
        return datasets.Samples(FER2013, pictures, np.eye(7)[[0] * n], np.zeros(n, int),
                                np.zeros(n, bool))
    settings = Settings(cache=tmp_path)
    found = datasets.landmarks(of(face, blank), settings)
    assert not np.isnan(found[0]).any()
    assert np.isnan(found[1]).all()
    monkeypatch.setattr(samples_module, "_find_all", lambda pictures: pytest.fail("looked again"))
    np.testing.assert_array_equal(datasets.landmarks(of(blank, face, face), settings),
                                  found[[1, 0, 0]])


def test_pictures_are_chosen_by_a_condition(npz):
    train = datasets.load(npz, "train", FER2013)
    assert train.where("agreement >= 0.9").label.tolist() == [3, 2]
    assert train.where("agreement < 0.9").attributes["agreement"].tolist() == [0.8]
    with pytest.raises(DatasetError) as caught:
        train.where("shoe_size > 3")
    assert "agreement" in caught.value.values["known"]
    assert len(train.some(2)) == 2
    assert len(train.some(99)) == 3


def test_data_without_attributes_cannot_be_chosen_from(tmp_path):
    picture(tmp_path / "happy" / "x.png")
    with pytest.raises(DatasetError) as caught:
        datasets.load(tmp_path, "test", FER2013).where("age > 3")
    assert caught.value.key == "error.data.attributes"


def test_the_skin_mask_keeps_the_face_and_drops_the_rest(astronaut):
    kept = datasets.MASKS["skin"](astronaut[:300, 100:400])
    face, flag = kept[60:160, 100:150], kept[:100, :60]
    assert (face.max(2) > 0).mean() > 0.6
    assert (flag.max(2) > 0).mean() < 0.3
    with pytest.raises(DatasetError) as caught:
        datasets.MASKS["skin"](np.zeros((48, 48), np.uint8))
    assert caught.value.key == "error.data.grey"


def test_another_label_set_is_refused(npz):
    with pytest.raises(DatasetError) as caught:
        datasets.load(npz, "train", LABEL_SETS["aihub"])
    assert caught.value.key == "error.data.labels"


def test_a_single_vote_is_a_slip_unless_it_is_all_there_is():
    votes = np.zeros((2, 10), np.uint8)
    votes[0, [1, 2]] = 8, 1
    votes[1, [1, 2]] = 1, 1
    np.testing.assert_allclose(soft_votes(votes)[:, 1:3], [[1, 0], [0.5, 0.5]])


def test_web_portraits_come_with_the_labels_that_the_set_knows(tmp_path):
    """Four pictures in the exact format of web_expressions.npz."""
    greys = [30, 90, 150, 210]
    files = [cv2.imencode(".webp", np.full((40, 50), g, np.uint8),
                          [cv2.IMWRITE_WEBP_QUALITY, 101])[1].ravel() for g in greys]
    path = tmp_path / "web_expressions.npz"
    np.savez(path, webp=np.concatenate(files), offsets=np.cumsum([0, *map(len, files)]),
             label=np.array([1, 7, 0, 6], np.int8), names=np.array(["a.jpg", "b", "c", "d"]),
             label_names=np.array(FERPLUS.keys))
    every = datasets.load(path, "test", FERPLUS)
    assert every.label.tolist() == [1, 7, 0, 6]
    assert [p.shape for p in every.pictures] == [(40, 50, 3)] * 4
    basic = datasets.load(path, "val", FER2013)
    assert basic.label.tolist() == [3, 6, 2]  # FER2013 knows no contempt
    assert basic.attributes["filename"].tolist() == ["a.jpg", "c", "d"]
    assert [round(p.mean()) for p in basic.pictures] == [30, 150, 210]
    assert not basic.native


def test_a_majority_is_more_than_half_of_the_votes_without_slips():
    votes = np.zeros((5, 10), np.uint8)
    votes[0, [1, 2]] = 6, 4
    votes[1, [1, 2]] = 5, 5
    votes[2, [1, 2, 3, 4]] = 4, 3, 1, 1
    votes[3, [1, 2, 8]] = 4, 2, 4
    votes[4, [1, 2]] = 1, 1
    assert majority(votes).tolist() == [True, False, True, False, False]


def picture(path, shape=(60, 50, 3)):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def test_folders_with_aliases_unicode_and_any_picture(tmp_path):
    picture(tmp_path / "HA" / "사진.png", (900, 1400, 3))
    picture(tmp_path / "AN" / "deep" / "grey.jpg", (48, 48))
    (tmp_path / "AN" / "notes.txt").write_text("not a picture")
    samples = datasets.load(tmp_path, "test", FER2013)
    assert [FER2013.keys[i] for i in samples.label] == ["anger", "happiness"]
    assert samples.pictures[0].shape == (48, 48, 3)
    assert max(samples.pictures[1].shape) == 640


def test_folders_with_splits(tmp_path):
    picture(tmp_path / "train" / "happy" / "a.png")
    picture(tmp_path / "test" / "sad" / "b.png")
    assert datasets.load(tmp_path, "test", FER2013).label.tolist() == [4]


def test_a_class_that_the_label_set_lacks_is_left_out(tmp_path):
    picture(tmp_path / "Contempt" / "a.png")
    picture(tmp_path / "05-Fearful" / "b.png")
    picture(tmp_path / "무표정" / ".hidden.png")
    picture(tmp_path / "무표정" / "c.png")
    picture(tmp_path / ".cache" / "d.png")
    picture(tmp_path / "happy-cover.png")
    samples = datasets.load(tmp_path, "test", FER2013)
    assert sorted(FER2013.keys[i] for i in samples.label) == ["fear", "neutral"]
    assert not samples.native


@pytest.mark.parametrize(("folder", "split"), [("Training", "train"), ("validation", "val"),
                                               ("PrivateTest", "test")])
def test_folders_of_splits_by_their_usual_names(tmp_path, folder, split):
    picture(tmp_path / folder / "sad" / "x.png")
    assert len(datasets.load(tmp_path, split, FER2013)) == 1


@pytest.mark.parametrize(("make", "key"), [
    (lambda p: None, "error.data.missing"),
    (lambda p: p.mkdir(), "error.data.empty"),
    (lambda p: p.write_text("hello"), "error.data.format"),
    (lambda p: (p / "banana").mkdir(parents=True), "error.data.class"),
])
def test_unusable_data_is_said(tmp_path, make, key):
    path = tmp_path / "data"
    make(path)
    with pytest.raises(DatasetError) as caught:
        datasets.load(path, "test", FER2013)
    assert caught.value.key == key


@pytest.mark.parametrize("damage", [
    lambda p: p.write_text("hello"), lambda p: np.savez(p, images=np.zeros(1)),
    lambda p: p.write_bytes(p.read_bytes()[:900])])
def test_a_damaged_archive_is_said(npz, damage):
    damage(npz)
    with pytest.raises(DatasetError) as caught:
        datasets.load(npz, "test", FER2013)
    assert caught.value.key == "error.data.format"


def test_a_broken_picture_is_named(tmp_path):
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "x.png").write_bytes(b"")
    with pytest.raises(DatasetError) as caught:
        datasets.load(tmp_path, "test", FER2013)
    assert caught.value.key == "error.data.picture"


def test_the_real_splits(shared_data):
    path = shared_data / "fer2013plus.npz"
    assert len(datasets.load(path, "test", FER2013)) == 3589
    samples = datasets.load(path, "test", FERPLUS)
    assert 3500 < len(samples) < 3589
    assert samples.leak.sum() > 200
    np.testing.assert_allclose(samples.target.sum(1), 1)
