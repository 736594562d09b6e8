"""Whether a model has room in a layer of Lambda beside machtin, and what to do where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from machtin.model_folder import ModelFolder

# Megabytes (10**6 bytes), unzipped: what Lambda takes of a function and its layers (250 MiB); what make build makes for
# functions that answer queries, the bundled model with it; onnxruntime as the build prunes it.
LIMIT: Final = 262.1
BUILT: Final = 126.0
ONNXRUNTIME: Final = 37.0


def room(read: ModelFolder) -> list[str]:
    """Lines for a person: the reckoning, and the way."""
    if read.runtime == "transformer":
        return ["On Lambda: not as it is, for torch is larger than all of a function may be. Export it: --onnx int8"]
    parts = {"machtin and its own model": BUILT, "this model": read.megabytes}
    if read.runtime == "onnx":
        parts["onnxruntime"] = ONNXRUNTIME
    total = sum(parts.values())
    told = " + ".join(f"{megabytes:.0f} MB ({what})" for what, megabytes in parts.items())
    reckoning = f"On Lambda: {told} = {total:.0f} MB unzipped, of {LIMIT:.0f} MB"
    if total <= LIMIT:
        return [
            f"{reckoning}: it has room in a layer.",
            f"  MODEL={read.path} sam build",
            f"  {_models('/opt/model')}",
        ]
    return [
        f"{reckoning}: too large for a layer by {total - LIMIT:.0f} MB. As a container image (up to 10 GB):",
        f"  machtin model export {read.path} --to build/model",
        "  .venv/bin/python scripts/container_template.py > build/template-container.json",
        "  sam build --template build/template-container.json   (docs/models.md tells the rest)",
    ]


def _models(place: str) -> str:
    return f"sam deploy --parameter-overrides Models={place}:/opt/python/machtin/model"
