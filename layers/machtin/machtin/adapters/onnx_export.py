"""A Sentence Transformers model → an ONNX graph that runs without torch, as it is or with weights of eight bits.

All steps of the model go into one graph, from token ids to the vector of the text; so any make of transformer, pooling,
dense layer and normalisation is exported as one. Both are asked for the same texts afterwards, and an export that
disagrees is refused.
"""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from machtin.adapters.model_shelf import write_record
from machtin.adapters.onnx_model import OUTPUT, load_onnx
from machtin.adapters.sentence_transformers_model import TorchEncoder, open_model
from machtin.embedding import Vectors, folder_version
from machtin.errors import ModelError
from machtin.model_folder import ModelFolder, read_model_folder
from machtin.transformer_embedding import TransformerEmbedder

Precision = Literal["fp32", "int8"]

GRAPH: Final = "model.onnx"
# A graph above this keeps its weights in a file beside it: the format's own limit is 2 GB.
LARGEST_GRAPH: Final = 1_500_000_000
INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
EXPORTABLE: Final = frozenset({"Transformer", "Pooling", "Dense", "Normalize", "LayerNorm", "Dropout"})
# Neighbours that are compared, of each text among all others.
NEIGHBOURS: Final = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far an export is from its model on the same texts: cosines of both vectors of a text, shared neighbours."""

    texts: int
    least_cosine: float
    mean_cosine: float
    shared_neighbours: float


@dataclass(frozen=True, slots=True)
class Limits:
    """From which an export counts as the same model."""

    least_cosine: float
    mean_cosine: float
    shared_neighbours: float

    def keep(self, found: Agreement) -> bool:
        """Whether nothing lies below."""
        return (
            found.least_cosine >= self.least_cosine
            and found.mean_cosine >= self.mean_cosine
            and found.shared_neighbours >= self.shared_neighbours
        )


# Of single precision the same vectors; eight bits move each a little, and the order of near neighbours with it.
LIMITS: Final[dict[Precision, Limits]] = {
    "fp32": Limits(least_cosine=0.9999, mean_cosine=0.99999, shared_neighbours=0.99),
    "int8": Limits(least_cosine=0.90, mean_cosine=0.97, shared_neighbours=0.80),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export, and the figures of both."""

    model_version: str
    agreement: Agreement
    seconds: float
    model_ms: float
    export_ms: float


def export_onnx(read: ModelFolder, into: Path, precision: Precision, texts: Sequence[str]) -> Export:
    """Write an export of the model to the empty folder ``into``, compared on ``texts``.

    Raises ModelError for a model that can't be exported, and for an export that disagrees; the figures are told.
    """
    started = time.perf_counter()
    _check_exportable(read)
    model = open_model(read.path, "cpu")
    told = _write_graph(model, into, precision)
    version = read.model_version or folder_version(read.path)
    # Vectors of single precision are the model's own; those of eight bits are another's, and never mixed with them.
    version += "" if precision == "fp32" else f"-{precision}"
    dimensions = int(model.get_embedding_dimension())
    onnx = {"file": GRAPH, "precision": precision, "dimensions": dimensions, "prompts": asdict(read.prompts), **told}
    record = {key: value for key, value in read.record.items() if key != "cosine_scale"}
    write_record(into, {**record, "model_version": version, "onnx": onnx})
    exported = load_onnx(read_model_folder(into))
    original = TransformerEmbedder(TorchEncoder(model), version, dimensions, read.prompts)
    mine, model_ms = _timed(original, texts)
    theirs, export_ms = _timed(exported, texts)
    agreement = compare(mine, theirs)
    if not LIMITS[precision].keep(agreement):
        raise ModelError(
            f"the export disagrees with its model: {agreement_told(agreement)}; wanted are at least "
            f"{agreement_told(LIMITS[precision])}. It is not used"
            + ("; try --onnx fp32" if precision == "int8" else "; use the model as it is, with the extra models")
        )
    write_record(into, {**record, "model_version": version, "onnx": {**onnx, "agreement": asdict(agreement)}})
    return Export(version, agreement, time.perf_counter() - started, model_ms, export_ms)


def compare(mine: Vectors, theirs: Vectors) -> Agreement:
    """How far the vectors of two models for the same texts are from each other; rows of length 1."""
    cosines = (mine * theirs).sum(axis=1)
    nearest = [np.argsort(-(one @ one.T - 2 * np.eye(len(one))), axis=1)[:, :NEIGHBOURS] for one in (mine, theirs)]
    shared = [len(set(own) & set(other)) / len(own) for own, other in zip(*nearest, strict=True)]
    return Agreement(len(mine), float(cosines.min()), float(cosines.mean()), float(np.mean(shared)))


def agreement_told(figures: Agreement | Limits) -> str:
    """The figures, for a person."""
    return (
        f"cosine {figures.least_cosine:.4f} at least and {figures.mean_cosine:.5f} on average, "
        f"{figures.shared_neighbours:.1%} of {NEIGHBOURS} neighbours shared"
    )


def _check_exportable(read: ModelFolder) -> None:
    for module in read.modules:
        if module.name not in EXPORTABLE:
            raise ModelError(
                f"the module {module.name} of {read.path} can't be exported; use the model as it is, without --onnx"
            )
    if read.runtime != "transformer":
        raise ModelError(f"{read.path} needs no export: it runs without torch as it is")


def _write_graph(model: Any, into: Path, precision: Precision) -> dict[str, Any]:
    """Graph and tokenizer; returns what running them takes."""
    transformer = model[0]
    if not all(getattr(one, "include_prompt", True) for one in model):
        raise ModelError("the model leaves its prompt out of the mean, which an export can't; use it without --onnx")
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError("the model's tokenizer has no fast form (tokenizer.json); use the model without --onnx")
    backend.save(str(into / "tokenizer.json"))
    large = sum(one.numel() * one.element_size() for one in model.parameters()) > LARGEST_GRAPH
    try:
        with _quiet(), tempfile.TemporaryDirectory(dir=into) as made:
            if precision == "int8":
                _trace(model, Path(made, "whole.onnx"), large=large)
                _quantise(Path(made, "whole.onnx"), into / GRAPH, large=large)
            else:
                _trace(model, into / GRAPH, large=large)
    except Exception as error:  # torch, onnx and onnxruntime raise whatever their parts do
        raise ModelError(
            f"the model can't be exported ({type(error).__name__}: {error}); use it without --onnx"
        ) from error
    limit = transformer.max_seq_length or model.tokenizer.model_max_length
    return {"max_tokens": int(limit), "lower": bool(getattr(transformer, "do_lower_case", False))}


def _trace(model: Any, path: Path, *, large: bool) -> None:
    import torch

    class Whole(torch.nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not there where types are checked
        def __init__(self) -> None:
            super().__init__()
            self.steps = torch.nn.ModuleList(model)

        def forward(self, *inputs: Any) -> Any:
            features = dict(zip(names, inputs, strict=True))
            for step in self.steps:
                features = step(features)
            return features["sentence_embedding"]

    sample = model[0].preprocess(["mạch tin của ngày", "mạch"])
    names = [name for name in INPUTS if name in sample]
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    torch.onnx.export(
        Whole().float().eval(),
        tuple(sample[name] for name in names),
        str(path),
        input_names=names,
        output_names=[OUTPUT],
        dynamic_shapes=(tuple(free for _ in names),),
        external_data=large,
        dynamo=True,
        verbose=False,
    )


def _quantise(whole: Path, path: Path, *, large: bool) -> None:
    """Weights in eight bits, each row with its own scale; activations are quantised as they come (dynamic).

    What lies between is left beside ``whole``; a ``large`` graph keeps its weights apart until it has become small.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    ready = whole.with_name("ready.onnx")
    quant_pre_process(
        str(whole),
        str(ready),
        skip_symbolic_shape=True,
        save_as_external_data=large,
        all_tensors_to_one_file=large,
        external_data_location=f"{ready.name}.data" if large else None,
    )
    quantize_dynamic(str(ready), str(path), weight_type=QuantType.QInt8, per_channel=True)


def _timed(embedder: TransformerEmbedder, texts: Sequence[str]) -> tuple[Vectors, float]:
    """Vectors, and milliseconds a text."""
    embedder.embed(texts[:1])
    started = time.perf_counter()
    vectors = embedder.embed(texts)
    return vectors, (time.perf_counter() - started) * 1000 / len(texts)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without what torch and onnxruntime tell about themselves: whether the graph is right is measured."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
