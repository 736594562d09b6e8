"""A model of the Hugging Face hub, fetched by its name because somebody asked for it; nothing else ever does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from machtin.errors import ModelError, Unavailable

NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
# Weights as safetensors, configuration and vocabulary: no pickles, no code.
WANTED: Final = ("*.json", "*.safetensors", "*.txt", "*.model", "*.md")
# Neither what machtin has noted of a model elsewhere, as its name.
UNWANTED: Final = ("onnx/*", "openvino/*", "machtin.json")


def fetch(name: str, into: Path, revision: str | None = None) -> Path:
    """Download a model (``intfloat/multilingual-e5-small``) into a folder. Raises Unavailable, ModelError."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(
            snapshot_download(
                name,
                revision=revision,
                local_dir=into,
                allow_patterns=list(WANTED),
                ignore_patterns=list(UNWANTED),
            )
        )
    except HFValidationError as error:
        raise ModelError(f"{name!r} is no name of a model: {error}") from error
    except HfHubHTTPError as error:
        raise ModelError(f"the hub does not give out {name}: {error}; see that the name is right") from error
    except Exception as error:  # those of its HTTP client have no root in common with OSError
        raise Unavailable(
            f"{name} can't be fetched from the hub ({type(error).__name__}: {error}); try again, or name a folder on "
            "this machine"
        ) from error
