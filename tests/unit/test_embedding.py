"""The shipped model through machtin's own runtime."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.article import Article
from machtin.embedding import LONGEST_TEXT, MODULE, StaticEmbedder, Vectors, folder_version
from machtin.errors import ModelError
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold

SENTENCES = [
    "Đẩy mạnh phát triển các vùng kinh tế trọng điểm",
    "Thủ tướng chủ trì cuộc họp về phòng chống lụt bão tại miền Trung",
    "Giá xăng dầu tăng mạnh từ chiều nay",
    "Bệnh viện thành phố tiếp nhận thêm nhiều ca sốt xuất huyết",
    "Đội tuyển bóng đá nữ Việt Nam giành huy chương vàng",
    "Hàng nghìn học sinh lớp 12 bắt đầu kỳ thi tốt nghiệp",
    "Cảnh sát bắt giữ nghi phạm trộm cắp xe máy",
    "Xuất khẩu gạo đạt mức cao nhất trong mười năm",
]
IN_ENGLISH = [
    "Promoting the development of key economic regions",
    "The prime minister chairs a meeting on flood and storm prevention in the central region",
    "Petrol prices rise sharply from this afternoon",
    "The city hospital receives more cases of dengue fever",
    "The Vietnamese women's football team wins the gold medal",
    "Thousands of students begin the graduation exam",
    "Police arrest a suspect for stealing motorbikes",
    "Rice exports reach their highest level in ten years",
]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


def lengths(vectors: Vectors) -> Vectors:
    norms: Vectors = np.linalg.norm(vectors, axis=1)
    return norms


@pytest.mark.parametrize("dimensions", [None, 256, 128, 64])
def test_vectors_have_length_one(embedder: StaticEmbedder, dimensions: int | None) -> None:
    vectors = embedder.embed(SENTENCES, dimensions)
    assert vectors.shape == (len(SENTENCES), dimensions or 256)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(lengths(vectors), 1, atol=1e-5)


@pytest.mark.parametrize("dimensions", [128, 64])
def test_fewer_dimensions_are_a_prefix(embedder: StaticEmbedder, dimensions: int) -> None:
    prefix = embedder.embed(SENTENCES)[:, :dimensions]
    expected = prefix / lengths(prefix)[:, None]
    np.testing.assert_allclose(embedder.embed(SENTENCES, dimensions), expected, atol=1e-5)


@pytest.mark.parametrize("dimensions", [0, -1, 257])
def test_a_width_that_the_model_lacks_is_refused(embedder: StaticEmbedder, dimensions: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 256"):
        embedder.embed(SENTENCES, dimensions)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vùng KTTÐ phía Nam", "vùng KTTĐ phía Nam"),  # eth
        ("đường sắt", "ÐƯỜNG SẮT"),
        ("Thuỷ điện Hoà Bình", "Thủy điện Hòa Bình"),
        ("sức khoẻ, văn hoá, luỹ kế", "sức khỏe văn hóa lũy kế"),
        ("Kinh\u00a0tế\u200b Việt\ufeff Na\u00adm", "kinh tế Việt Nam"),
        ("“Kinh tế” – (Việt Nam)…", "kinh tế Việt Nam"),
        (unicodedata.normalize("NFD", SENTENCES[1]), SENTENCES[1]),
    ],
)
def test_spellings_of_one_text_have_one_vector(embedder: StaticEmbedder, one: str, other: str) -> None:
    first, second = embedder.embed([one, other])
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_the_mark_of_quy_is_not_moved(embedder: StaticEmbedder) -> None:
    quarter, other = embedder.embed(["doanh thu quý một", "doanh thu qúy một"])
    assert float(quarter @ other) < 0.999


def test_a_query_without_diacritics_finds_its_sentence(embedder: StaticEmbedder) -> None:
    cosines = embedder.embed([fold(sentence) for sentence in SENTENCES]) @ embedder.embed(SENTENCES).T
    assert (cosines.argmax(axis=1) == np.arange(len(SENTENCES))).all()
    assert cosines.diagonal().mean() > 0.6


def test_english_finds_its_vietnamese_sentence(embedder: StaticEmbedder) -> None:
    cosines = embedder.embed(IN_ENGLISH) @ embedder.embed(SENTENCES).T
    assert (cosines.argmax(axis=1) == np.arange(len(SENTENCES))).all()
    assert cosines.diagonal().mean() > 0.5


@pytest.mark.parametrize("text", ["", " \n", "?!…", "\0", "\ud800", "😀😀", "\u200b"])
def test_a_text_without_a_known_token_has_no_direction(embedder: StaticEmbedder, text: str) -> None:
    vectors = embedder.embed([text, SENTENCES[0]])
    assert not vectors[0].any()
    assert vectors[1].any()


def test_no_texts_give_no_vectors(embedder: StaticEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 256)
    assert embedder.embed_articles([]).shape == (0, 256)


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=200), max_size=5))
def test_any_text_is_taken(embedder: StaticEmbedder, texts: list[str]) -> None:
    norms = lengths(embedder.embed(texts))
    assert (np.isclose(norms, 1, atol=1e-5) | (norms == 0)).all()


@pytest.mark.parametrize(
    "text",
    ["kinh tế " * 1_300_000, "a" * 10_000_000, "\u0301" * 1_000_000, "漢字" * 100_000, "\ud800\udfff kinh tế \0"],
    ids=["ten megabytes", "one word", "marks alone", "unknown letters", "lone surrogates"],
)
def test_hostile_text_is_taken(embedder: StaticEmbedder, text: str) -> None:
    norm = float(lengths(embedder.embed([text]))[0])
    assert norm == 0 or abs(norm - 1) < 1e-5


def test_lone_surrogates_leave_the_words_around_them(embedder: StaticEmbedder) -> None:
    broken, whole = embedder.embed(["kinh tế \ud800 Việt Nam", "kinh tế Việt Nam"])
    np.testing.assert_allclose(broken, whole, atol=1e-6)


def test_what_follows_the_longest_text_is_not_read(embedder: StaticEmbedder) -> None:
    start = ("kinh tế trọng điểm " * LONGEST_TEXT)[:LONGEST_TEXT]
    cut, longer = embedder.embed([start, start + "bóng đá" * 1_000])
    np.testing.assert_array_equal(cut, longer)


def test_many_texts_at_once_are_embedded_as_each_alone(embedder: StaticEmbedder) -> None:
    texts = [f"{SENTENCES[place % 8]} {place}" * (1 + place % 40) for place in range(2_500)]
    together = embedder.embed(texts)
    chosen = range(0, len(texts), 97)
    alone = np.concatenate([embedder.embed([texts[place]]) for place in chosen])
    np.testing.assert_allclose(together[list(chosen)], alone, atol=1e-6)


@pytest.mark.parametrize("width", [256, 64])
def test_a_vector_points_where_the_mean_of_its_pieces_rows_does(embedder: StaticEmbedder, width: int) -> None:
    text = f"{SENTENCES[2]}, {SENTENCES[2]} {SENTENCES[4]}"
    pieces = embedder._tokenizer.encode(text, add_special_tokens=False).ids
    assert len(set(pieces)) < len(pieces)
    mean = embedder._rows[pieces].astype(np.float64).mean(axis=0)[:width]
    for model in (embedder, embedder.cut(width)):
        np.testing.assert_allclose(model.embed([text], width)[0], mean / np.linalg.norm(mean), atol=1e-6)


def test_a_cut_model_shares_the_whole_table(embedder: StaticEmbedder) -> None:
    cut = embedder.cut(64)
    assert cut.dimensions == 64
    assert np.shares_memory(cut._rows, embedder._rows)
    assert cut._rows.flags.c_contiguous  # else the few rows of a query would be found by copying all


def test_threads_may_share_a_model(embedder: StaticEmbedder) -> None:
    expected = embedder.embed(SENTENCES)
    found: list[Vectors] = []

    def embed_often() -> None:
        found.extend(embedder.embed(SENTENCES) for _ in range(20))

    threads = [threading.Thread(target=embed_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(np.array_equal(vectors, expected) for vectors in found)


def test_the_rows_are_memory_mapped(embedder: StaticEmbedder) -> None:
    rows = embedder._rows
    assert isinstance(rows.base, np.memmap)
    assert not rows.flags.writeable
    assert rows.dtype == np.float16


# --- articles -------------------------------------------------------------------------------------------------------


def test_an_article_lies_near_its_title_and_its_sapo(embedder: StaticEmbedder) -> None:
    articles = [
        Article(id=f"a{place}", title=title, sapo=f"{SENTENCES[place]}.", body=f"{SENTENCES[place]}. " * 3)
        for place, title in enumerate(SENTENCES)
    ]
    vectors = embedder.embed_articles(articles)
    np.testing.assert_allclose(lengths(vectors), 1, atol=1e-5)
    assert ((embedder.embed(SENTENCES) @ vectors.T).argmax(axis=1) == np.arange(len(SENTENCES))).all()


def test_a_long_body_does_not_drown_the_title(embedder: StaticEmbedder) -> None:
    title, body = SENTENCES[4], f"{SENTENCES[7]}. " * 60
    whole = embedder.embed_articles([Article(id="a", title=title, body=body)])[0]
    one_text = embedder.embed([f"{title}\n{body}"])[0]
    about_title = embedder.embed([title])[0]
    assert float(about_title @ whole) > float(about_title @ one_text) + 0.1


def test_an_article_of_one_part_has_the_vector_of_that_part(embedder: StaticEmbedder) -> None:
    vectors = embedder.embed_articles([Article(id="a", title=SENTENCES[0]), Article(id="b", title="")])
    np.testing.assert_allclose(vectors[0], embedder.embed(SENTENCES[:1])[0], atol=1e-5)
    assert not vectors[1].any()


# --- the folder -----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED_MODEL, tmp_path / "model"))


def test_the_model_version_is_of_this_tokenizer_and_these_weights(embedder: StaticEmbedder) -> None:
    module = BUNDLED_MODEL / MODULE
    content = (module / "model.safetensors").read_bytes()
    weights = content[8 + int.from_bytes(content[:8], "little") :]
    digest = hashlib.sha256((module / "tokenizer.json").read_bytes() + weights).hexdigest()
    assert embedder.model_version == f"machtin-static-vi-en-256-{digest[:12]}"
    record = json.loads((BUNDLED_MODEL / "training.json").read_text(encoding="utf-8"))
    assert record["model_version"] == embedder.model_version


def test_the_model_card_tells_the_figures_of_the_record(embedder: StaticEmbedder) -> None:
    card = (BUNDLED_MODEL / "MODEL_CARD.md").read_text(encoding="utf-8")
    record = json.loads((BUNDLED_MODEL / "training.json").read_text(encoding="utf-8"))
    assert f"Version: `{embedder.model_version}`" in card
    for name in (
        "beir/xquad-vi",
        "beir/xquad-vi, without diacritics",
        "beir/xquad-en-vi",
        "vietnews.val, titles over bodies",
    ):
        shown = " | ".join(f"{record['nDCG@10'][name][width]:.3f}"[1:] for width in ("256", "128", "64"))
        assert shown in card.replace("**", ""), name


def test_the_folder_is_small_enough_for_a_layer() -> None:
    assert sum(file.stat().st_size for file in BUNDLED_MODEL.rglob("*") if file.is_file()) <= 45_000_000


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(folder: Path, missing: str) -> None:
    (folder / MODULE / missing).unlink()
    with pytest.raises(ModelError, match=rf"has no {MODULE}/{missing}"):
        StaticEmbedder.load(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        StaticEmbedder.load(tmp_path / "nowhere")


def test_weights_cut_short_are_refused(folder: Path) -> None:
    weights = folder / MODULE / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1_000])
    with pytest.raises(ModelError, match="cut short"):
        StaticEmbedder.load(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 100,
        b"version https://git-lfs",
        (2).to_bytes(8, "little") + b"{}",
        (4).to_bytes(8, "little") + b"[[]]",
    ],
)
def test_what_is_not_weights_is_refused(folder: Path, content: bytes) -> None:
    (folder / MODULE / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="not a safetensors file"):
        StaticEmbedder.load(folder)


def test_another_precision_is_refused(folder: Path) -> None:
    header = json.dumps({"embedding.weight": {"dtype": "I8", "shape": [1, 2], "data_offsets": [0, 2]}}).encode()
    (folder / MODULE / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(2))
    with pytest.raises(ModelError, match="is I8, 2 bytes, not F16 or F32"):
        StaticEmbedder.load(folder)


def test_weights_without_a_version_are_named_by_their_content(folder: Path) -> None:
    weights = folder / MODULE / "model.safetensors"
    weights.write_bytes(weights.read_bytes().replace(b"model_version", b"other_version", 1))
    version = StaticEmbedder.load(folder).model_version
    assert version == folder_version(folder)
    assert version.startswith("model-")


def test_a_broken_tokenizer_is_refused(folder: Path) -> None:
    (folder / MODULE / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="not a tokenizer"):
        StaticEmbedder.load(folder)


def test_a_tokenizer_of_another_size_is_refused(folder: Path) -> None:
    file = folder / MODULE / "tokenizer.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["model"]["vocab"].pop()
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelError, match="pieces"):
        StaticEmbedder.load(folder)
