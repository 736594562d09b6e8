"""A folder that holds an embedding model, read without loading it: what it is made of, its prompts and its name.

Two layouts are known: Sentence Transformers' own (``modules.json``), and what machtin exported from one (a record
``machtin.json`` that names an ONNX graph). A folder that could run code of its own, as a pickle or by remote code, is
refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from machtin.errors import ModelError

Runtime = Literal["static", "transformer", "onnx"]

RECORD: Final = "machtin.json"
MODULES: Final = "modules.json"
CONFIG: Final = "config_sentence_transformers.json"
STATIC: Final = "StaticEmbedding"
# Where earlier folders without a modules.json keep their only module.
STATIC_FOLDER: Final = "0_StaticEmbedding"
# Modules that turn text into one vector; those with weights of their own come first.
WITH_WEIGHTS: Final = frozenset({STATIC, "Transformer", "Dense", "LayerNorm"})
KNOWN: Final = WITH_WEIGHTS | {"Pooling", "Normalize", "Dropout", "WeightedLayerPooling"}
# Prompts of articles, by the names that Sentence Transformers looks for, in its order.
ARTICLE_PROMPTS: Final = ("document", "passage", "corpus")
_PICKLES: Final = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model wants in front of a text, so that it knows what it is."""

    query: str = ""
    article: str = ""


NO_PROMPTS: Final = Prompts()


@dataclass(frozen=True, slots=True)
class CosineScale:
    """A model's cosines on the bundled model's scale, which machtin's limits and weights are set for.

    ``unrelated`` is what unrelated texts reach by this model, ``reference`` by the bundled one: two straight lines lead
    from -1 over these to 1, so that the order stays.
    """

    unrelated: float
    reference: float

    def of(self, cosine: float) -> float:
        """The cosine that the bundled model would have given to such texts."""
        end = 1.0 if cosine > self.unrelated else -1.0
        # Nothing is left above 1, where rounding may lead.
        share = (cosine - self.unrelated) / (end - self.unrelated) if end != self.unrelated else 0.0
        return self.reference + share * (end - self.reference)


@dataclass(frozen=True, slots=True)
class Module:
    """One step of a model: its class in Sentence Transformers, and its folder."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder whose model can be used. ``record`` is what machtin noted when it took the model in or exported it."""

    path: Path
    runtime: Runtime
    modules: tuple[Module, ...] = ()
    prompts: Prompts = NO_PROMPTS
    truncated: int | None = None
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model_version(self) -> str | None:
        """The name that machtin has given it; None where its own files have to tell."""
        return self.record.get("model_version") or None

    @property
    def cosine_scale(self) -> CosineScale | None:
        """What was measured when the model was taken in; None where its cosines are taken as they are."""
        scale = self.record.get("cosine_scale")
        return CosineScale(scale["unrelated"], scale["reference"]) if scale else None

    @property
    def megabytes(self) -> float:
        """Megabytes (10**6 bytes) of its files."""
        return sum(one.stat().st_size for one in self.path.rglob("*") if one.is_file()) / 1e6


def read_model_folder(path: Path) -> ModelFolder:
    """Look at a folder. Raises ModelError that names what is missing, unsupported or unsafe, and the mend."""
    if not path.is_dir():
        raise ModelError(
            f"there is no model folder {path}; name another in MACHTIN_MODEL, or choose one: machtin model use bundled"
        )
    record = _object(path / RECORD)
    if "onnx" in record:
        return _exported(path, record)
    modules = tuple(_modules(path))
    static = modules[0].name == STATIC and all(one.name == "Normalize" for one in modules[1:])
    for module in modules:
        if module.name in WITH_WEIGHTS:
            _check_weights(path, module)
    config = _object(path / CONFIG)
    return ModelFolder(
        path,
        "static" if static else "transformer",
        modules,
        prompts_of(config.get("prompts") or {}, config.get("default_prompt_name")),
        config.get("truncate_dim"),
        record,
    )


def _exported(path: Path, record: Mapping[str, Any]) -> ModelFolder:
    try:
        told = record["onnx"]
        graph, prompts, dimensions = str(told["file"]), Prompts(**told["prompts"]), int(told["dimensions"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path / RECORD} does not tell of an export ({error!r}); export the model again") from error
    if graph != Path(graph).name:
        raise ModelError(f"{path / RECORD} names a file outside of the model: {graph!r}")
    for needed in (graph, "tokenizer.json"):
        if not (path / needed).is_file():
            raise ModelError(f"the model folder {path} has no {needed}; export the model again")
    return ModelFolder(path, "onnx", prompts=prompts, truncated=dimensions, record=record)


def prompts_of(prompts: Mapping[str, str], default: str | None) -> Prompts:
    """A model's prompts for queries and articles, as Sentence Transformers chooses them."""
    usual = prompts.get(default or "") or ""
    article = next((prompts[name] for name in ARTICLE_PROMPTS if name in prompts), usual)
    return Prompts(prompts.get("query", usual) or "", article or "")


def content_version(path: Path, name: str) -> str:
    """A name for a model that has none: ``name`` and twelve digits of a hash of its files, README aside."""
    digest = hashlib.sha256()
    for file in sorted(one for one in path.rglob("*") if one.is_file()):
        place = file.relative_to(path)
        if file.name == RECORD or file.suffix == ".md" or any(part.startswith(".") for part in place.parts):
            continue
        digest.update(f"{place.as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return f"{plain_name(name)}-{digest.hexdigest()[:12]}"


def plain_name(name: str) -> str:
    """A name that can be a folder's and part of a model version: letters, digits, dot, dash and underscore."""
    return _UNFIT.sub("-", name).strip("-.") or "model"


def _modules(path: Path) -> Iterator[Module]:
    """The steps of a model in Sentence Transformers' format, in order."""
    if not (path / MODULES).is_file():
        if (path / STATIC_FOLDER).is_dir():
            yield Module(STATIC, path / STATIC_FOLDER)
            return
        raise ModelError(
            f"the model folder {path} has no {MODULES}: give a folder that Sentence Transformers has saved "
            "(SentenceTransformer(…).save_pretrained(FOLDER))"
        )
    listed = _json(path / MODULES)
    if not isinstance(listed, Sequence) or not listed:
        raise ModelError(f"{path / MODULES} lists no modules")
    for one in listed:
        if not isinstance(one, Mapping):
            raise ModelError(f"{path / MODULES} lists {one!r}, which is no module")
        kind, folder = str(one.get("type", "")), path / str(one.get("path", ""))
        library, _, name = kind.rpartition(".")
        if library.split(".")[0] != "sentence_transformers":
            raise ModelError(
                f"{path / MODULES} asks for {kind or 'a module without a type'}, code of the model's own, which "
                "machtin never runs; take a model that is made of Sentence Transformers' modules alone"
            )
        if name not in KNOWN:
            raise ModelError(
                f"the module {name} of {path} is not supported (known are {', '.join(sorted(KNOWN))}); take a model "
                "that makes one dense vector of a text, or distil this one into such a model"
            )
        if not folder.resolve().is_relative_to(path.resolve()):
            raise ModelError(f"{path / MODULES} names a folder outside of the model: {one.get('path')!r}")
        yield Module(name, folder)


def _check_weights(path: Path, module: Module) -> None:
    """Weights must be safetensors: a pickle runs whatever code it holds when it is loaded."""
    if not any(module.folder.glob("*.safetensors")):
        place = module.folder.relative_to(path)
        pickles = sorted(one.name for one in module.folder.glob("*") if one.suffix in _PICKLES)
        if pickles:
            raise ModelError(
                f"the weights {place / pickles[0]} of {path} are a pickle, which can run any code when it is loaded, "
                f"and there is no {place / 'model.safetensors'}; take a revision of the model that has one, or let "
                "somebody who trusts the file load it and save it again: save_pretrained(FOLDER)"
            )
        raise ModelError(f"the model folder {path} has no {place / 'model.safetensors'}")


def _object(path: Path) -> dict[str, Any]:
    """What a JSON file tells that need not be there."""
    told = _json(path) if path.is_file() else {}
    if not isinstance(told, dict):
        raise ModelError(f"{path} must hold a JSON object")
    return told


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read: {error}") from error
