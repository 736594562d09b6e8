"""How a model comes into the data folder: found, copied, exported, compared, calibrated; told with its figures."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from machtin.errors import ModelError, SettingsError
from machtin.settings import BUNDLED, BUNDLED_MODEL, Settings

if TYPE_CHECKING:
    from machtin.adapters.model_shelf import ModelShelf
    from machtin.adapters.onnx_export import Precision
    from machtin.article import Article
    from machtin.model_port import Embedder

# Of the store or the samples, for the figures of a model and for the comparison of an export.
ARTICLES: Final = 300
# Texts that an export and its model are compared on, half of them short.
COMPARED: Final = 40
# Where there are too few articles: short and long, with marks, without and in English.
TEXTS: Final = (
    "giá gạo xuất khẩu",
    "vai thieu mat mua",
    "students build a satellite",
    "Đội bóng Đồng Tháp thắng trận mở màn trên sân Cao Lãnh",
    "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng vì đơn hàng châu Phi trở lại. " * 4,
    "The bridge over the river opened on Monday, two years later than planned, the ministry said. " * 4,
    "khởi tố vụ án",
    "thời tiết ngày mai",
    "Quốc hội thông qua luật đất đai sửa đổi với 87 phần trăm đại biểu tán thành",
    "lãi suất ngân hàng",
    "COVID-19 12/3/2026 76,2 triệu",
    "bão số 3 đổ bộ",
)


def shelf_of(settings: Settings) -> ModelShelf:
    """The models of the data folder."""
    from machtin.adapters.model_shelf import ModelShelf

    return ModelShelf(settings.models_folder)


def intake(shelf: ModelShelf, asked: str, name: str | None, onnx: Precision | None) -> Path:
    """The folder of a model that was asked for, taken in and exported where that has not been done before."""
    folder = _found(shelf, asked, name)
    # An export of single precision has the model's own version, so that its folder needs another name.
    export = f"{folder.name}-{'onnx' if onnx == 'fp32' else onnx}"
    if onnx is None or (shelf.folder / export).is_dir():
        return folder if onnx is None else shelf.folder / export
    with shelf.making() as part:
        _export(folder, part, onnx)
        return shelf.keep(part, export)


def exported_to(into: Path, shelf: ModelShelf, asked: str, name: str | None, onnx: Precision) -> None:
    """Write the model that was asked for to an empty folder; what needs no torch is copied.

    An export that is refused leaves nothing there. Raises ModelError.
    """
    from machtin.adapters.model_shelf import copy_model
    from machtin.model_folder import read_model_folder

    folder = BUNDLED_MODEL if asked == BUNDLED else _found(shelf, asked, name)
    with shelf.making() as part:
        if read_model_folder(folder).runtime == "transformer":
            _export(folder, part, onnx)
            folder = part
        try:
            copy_model(folder, into)
        except OSError as error:
            raise ModelError(f"{into} can't be written: {error}") from error


def _found(shelf: ModelShelf, asked: str, name: str | None) -> Path:
    """On the shelf by its whole name, on this machine by path, on the shelf by what it is known by, or at the hub."""
    from machtin.adapters import model_hub

    path = Path(asked).expanduser()
    # A folder may hold another model by now than when it was taken in.
    if path.is_dir() and asked not in (one.name for one in shelf.folders()):
        return shelf.take_in(path, name or path.resolve().name)
    if (kept := shelf.named(asked)) is not None:
        return kept
    if not model_hub.NAME.fullmatch(asked) or path.is_absolute() or asked.startswith("."):
        raise ModelError(
            f"there is no model {asked}: give a folder, a name of machtin model list, or a name at the Hugging Face "
            "hub (intfloat/multilingual-e5-small)"
        )
    click.echo(f"Fetching {asked} from the Hugging Face hub ...", err=True)
    with tempfile.TemporaryDirectory(prefix="machtin-model-") as folder:
        return shelf.take_in(model_hub.fetch(asked, Path(folder)), name or asked.rpartition("/")[2], origin=asked)


def _export(folder: Path, into: Path, precision: Precision) -> None:
    """Export, compare, and tell the figures. Raises ModelError for an export that disagrees."""
    from machtin.model_folder import read_model_folder

    read = read_model_folder(folder)
    if read.runtime != "transformer":
        raise ModelError(f"{folder.name} runs without torch as it is; leave out --onnx")
    try:
        from machtin.adapters.onnx_export import agreement_told, export_onnx
    except ImportError as error:
        raise ModelError(
            f"an export needs torch and onnx, and {error.name} is not installed: pip install 'machtin[models]' (make "
            "install-models)"
        ) from error
    click.echo(f"Exporting {folder.name} as {precision} and comparing both ...", err=True)
    made = export_onnx(read, into, precision, _texts(Settings.from_env()))
    after = read_model_folder(into)
    click.echo(
        f"Exported in {made.seconds:.0f} s: {read.megabytes:.1f} MB → {after.megabytes:.1f} MB; "
        f"{made.model_ms:.1f} ms a text on torch → {made.export_ms:.1f} ms on onnxruntime"
    )
    click.echo(f"Both agree on {made.agreement.texts} texts: {agreement_told(made.agreement)}")


def calibrate(folder: Path, settings: Settings) -> None:
    """Note beside a model how its cosines compare with the bundled one's, measured on this installation's articles."""
    from machtin.adapters.model_loading import load_model
    from machtin.adapters.model_shelf import write_record
    from machtin.cosine_scale import unrelated_cosine
    from machtin.model_folder import read_model_folder

    bundled = load_model(BUNDLED_MODEL)
    loaded: Embedder = load_model(folder)
    record = dict(read_model_folder(folder).record)
    record.setdefault("model_version", loaded.model_version)
    record.pop("cosine_scale", None)
    articles = _articles(settings)
    measured, reference = unrelated_cosine(loaded, articles), unrelated_cosine(bundled, articles)
    if measured is None or reference is None:
        click.echo("There are too few articles to measure its cosines by; they are taken as they are.")
    else:
        record["cosine_scale"] = {"unrelated": round(measured, 4), "reference": round(reference, 4)}
        click.echo(
            f"Unrelated articles have cosines up to {measured:.2f} by it, and up to {reference:.2f} by the bundled "
            "model, whose scale they are brought to."
        )
    write_record(folder, record)


def tell_model(folder: Path) -> None:
    """A model's line, and whether it has room on Lambda."""
    from machtin.commands.lambda_room import room
    from machtin.model_folder import read_model_folder

    click.echo(told(folder))
    click.echo("\n".join(room(read_model_folder(folder))))


def told(folder: Path) -> str:
    """One line about a model. Raises ModelError."""
    from machtin.embedding import folder_version
    from machtin.model_folder import read_model_folder

    read = read_model_folder(folder)
    how = {"static": "static", "transformer": "torch", "onnx": "onnxruntime"}[read.runtime]
    name = BUNDLED if folder == BUNDLED_MODEL else folder_version(folder)
    origin = f", {folder_version(folder)}" if name == BUNDLED else f", from {read.record.get('source', folder)}"
    return f"{name} ({how}, {read.megabytes:.1f} MB{origin})"


def _articles(settings: Settings) -> list[Article]:
    """Articles of this installation, or the samples where it has too few."""
    from machtin import bootstrap
    from machtin.adapters.sqlite_store import SqliteStore
    from machtin.cosine_scale import LEAST_ARTICLES

    kept: list[Article] = []
    if settings.store == "sqlite" and settings.store_file.exists():
        states = SqliteStore(bootstrap.store_file(settings)).states()
        kept = [one.article for one in islice(states, ARTICLES) if one.article is not None]
    return kept if len(kept) >= LEAST_ARTICLES else _samples() or kept


def _samples() -> list[Article]:
    from machtin.adapters.source_contents import SourceDocument
    from machtin.adapters.sources import read_sources
    from machtin.article_reading import read_article
    from machtin.commands.serve import samples_folder

    try:
        folder = samples_folder()
    except SettingsError:  # machtin was installed without the repository
        return []
    read = islice(read_sources([folder]), ARTICLES)
    now = datetime.now(UTC)
    return [read_article(one.document, now=now) for one in read if isinstance(one, SourceDocument)]


def _texts(settings: Settings) -> list[str]:
    """Queries and articles to compare an export on."""
    from machtin.transformer_embedding import article_text

    articles = _articles(settings)[: COMPARED // 2]
    found = [one.title for one in articles] + [article_text(one) for one in articles]
    return list(dict.fromkeys(text for text in [*TEXTS, *found] if text))
