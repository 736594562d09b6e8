"""machtin model: take a model in, export it, choose it and move the index over; and back to the bundled one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from machtin.errors import MachtinError, SettingsError
from machtin.settings import BUNDLED, BUNDLED_MODEL, Settings

if TYPE_CHECKING:
    from machtin.adapters.onnx_export import Precision

ONNX: Final = click.option(
    "--onnx",
    type=click.Choice(["int8", "fp32"]),
    help="Export it to run without torch: with weights of eight bits, or as it is.",
)
NAME: Final = click.option("--name", help="What to call it; by default after its folder, or its name at the hub.")


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click names the parameter
        return list(self.commands)


@click.group(
    cls=_InOrder,
    short_help="List, choose and export embedding models.",
    epilog="""\b
Examples:
  machtin model list
  machtin model use ./my-model
  machtin model use intfloat/multilingual-e5-small --onnx int8
  machtin model use bundled
  machtin model export ./my-model --onnx int8 --to build/model
""",
)
def model() -> None:
    """Any Sentence Transformers model in place of the bundled one.

    Static models run as they are. Others need the extra "models" (torch), or, once exported, "onnx" (onnxruntime).
    """


@model.command("list", short_help="Show the models of this installation.")
def list_models() -> None:
    """Show each model that was taken in, beside the bundled one; * marks the one that new indexes are made with."""
    from machtin.commands.model_intake import shelf_of, told

    settings = Settings.from_env()
    for folder in dict.fromkeys([BUNDLED_MODEL, *shelf_of(settings).folders(), settings.model]):
        mark = "*" if folder == settings.model else " "
        try:
            click.echo(f"{mark} {told(folder)}")
        except MachtinError as error:
            click.echo(f"{mark} {folder.name}: {error}")
    if settings.model_named:
        click.echo("MACHTIN_MODEL names it, so that machtin model use has no choice.")


@model.command("use", short_help="Choose a model, and build the index anew with it.")
@click.argument("model_name", metavar="PATH_OR_NAME")
@ONNX
@NAME
@click.option("--force", metavar="REASON", help="Promote the new index even if the gate refuses; the reason is kept.")
@click.option("--no-reindex", is_flag=True, help="Only choose it; the next re-index moves the index over.")
def use(model_name: str, onnx: Precision | None, name: str | None, force: str | None, no_reindex: bool) -> None:
    """Take a model in, choose it, and build the index anew with it while the old index answers.

    PATH_OR_NAME is a folder that Sentence Transformers saved, a model of machtin model list, "bundled", or a name at
    the Hugging Face hub, which is the only thing that is ever fetched. Weights must be safetensors, and code that comes
    with a model is never run. If the gate refuses the new index, the model before stays chosen.
    """
    from machtin.commands.model_intake import calibrate, intake, shelf_of, tell_model

    settings = Settings.from_env()
    _check_choosable(settings)
    if model_name == BUNDLED and (onnx or name):
        raise click.UsageError("the bundled model has its name, and needs no export; leave out --onnx and --name")
    shelf = shelf_of(settings)
    folder = None if model_name == BUNDLED else intake(shelf, model_name, name, onnx)
    if folder is not None:
        calibrate(folder, settings)
        tell_model(folder)
    _check_dimensions(folder or BUNDLED_MODEL, settings)
    before = settings.model
    shelf.choose(folder)
    click.echo(f"{folder.name if folder else 'The bundled model'} is chosen.")
    if no_reindex:
        return
    try:
        _move_over(force)
    except BaseException as error:
        if _moving_over():
            click.echo("It stays chosen; its re-index goes on with machtin reindex, or machtin serve.", err=True)
            raise
        shelf.choose(None if before == BUNDLED_MODEL else before)
        told = "The model before stays chosen."
        if isinstance(error, click.exceptions.Exit):
            name = folder.name if folder else BUNDLED
            told += f' To use it all the same: machtin model use {name} --force "REASON"'
        click.echo(told, err=True)
        raise


@model.command("export", short_help="Write a model for another place, such as Lambda.")
@click.argument("model_name", metavar="PATH_OR_NAME")
@click.option("--to", "into", type=click.Path(path_type=Path), required=True, help="The folder to write, new or empty.")
@ONNX
@NAME
def export(model_name: str, into: Path, onnx: Precision | None, name: str | None) -> None:
    """Write a model to a folder that runs without torch, with its sizes and how it comes onto Lambda.

    A static model is copied. Any other is exported to ONNX (--onnx int8 unless told), and compared with the original.
    """
    from machtin.commands.model_intake import calibrate, exported_to, shelf_of, tell_model

    settings = Settings.from_env()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise click.UsageError(f"{into} is not empty; name a folder that is new")
    exported_to(into, shelf_of(settings), model_name, name, onnx or "int8")
    calibrate(into, settings)
    tell_model(into)


def _check_choosable(settings: Settings) -> None:
    if settings.model_named:
        raise SettingsError(f"MACHTIN_MODEL names the model ({settings.model}); unset it to choose another here")
    if settings.store == "s3":
        raise SettingsError(
            "MACHTIN_STORE is s3: a deployment's model is in its layer; machtin model export writes it (docs/models.md)"
        )


def _check_dimensions(folder: Path, settings: Settings) -> None:
    from machtin.adapters.model_loading import load_model

    if settings.dimensions is None:
        return
    most = load_model(folder).dimensions
    if settings.dimensions > most:
        raise SettingsError(
            f"MACHTIN_DIMENSIONS is {settings.dimensions}, and {folder.name} has {most}; give at most {most}"
        )


def _move_over(force: str | None) -> None:
    """Build the index anew where the live one was made with another model. Raises click's Exit, and Conflict.

    A re-index that has not planned yet names no model: it takes the chosen one.
    """
    from machtin import bootstrap
    from machtin.commands.reindex import build_anew
    from machtin.errors import Conflict, NotFound

    service = bootstrap.service()
    running, current = service.reindexer.running(), service.models.current.model_version
    if running is not None and running.model_version not in ("", current):
        raise Conflict(
            f"re-index {running.id} is under way with another model; let it end (machtin reindex), or cancel it: "
            f"machtin reindex --cancel {running.id}"
        )
    try:
        live = service.catalog.live()
    except NotFound:
        return
    if live.model_version == current:
        click.echo("The index was made with it already.")
        return
    build_anew(force)


def _moving_over() -> bool:
    """Whether a re-index with the chosen model has begun and not ended."""
    from machtin import bootstrap

    try:
        service = bootstrap.service()
        running = service.reindexer.running()
    except MachtinError:
        return False
    return running is not None and running.model_version in ("", service.models.current.model_version)
