"""What wheels carry that no function of machtin ever reads, and how it is taken out of a layer."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Final

# Paths below the layer's python folder, as globs. Licences stay.
UNUSED: Final = (
    # of every package
    "bin",
    "**/tests",
    "**/__pycache__",
    "**/*.pyi",
    "**/*.pyx",
    "**/*.pxi",
    "**/*.pxd",
    "**/*.h",
    "**/*.dist-info/RECORD",
    "**/*.dist-info/REQUESTED",
    "**/*.dist-info/INSTALLER",
    "**/*.dist-info/direct_url.json",
    "**/*.dist-info/sboms",
    # what builds other packages on numpy
    "numpy/_core/include",
    "numpy/_core/lib",
    "numpy/_pyinstaller",
    "numpy/distutils",
    "numpy/f2py",
    "numpy/random/_examples",
    "numpy/random/lib",
    # pydantic as it was, and for its own type checking
    "pydantic/v1",
    "pydantic/mypy.py",
    # a page of Powertools' own; machtin has its own
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    # descriptions of AWS services
    "boto3/docs",
    "boto3/examples",
    "boto3/data/*",
    "botocore/docs",
    # languages that pages here are not in
    "babel/messages",
    "justext/stoplists/*",
    # for C programs
    "lxml/includes",
    "lxml/isoschematron",
)
# What of the above is used all the same.
USED: Final = ("boto3/data/s3", "boto3/data/sqs", "justext/stoplists/Vietnamese.txt", "justext/stoplists/English.txt")
SERVICES: Final = {"s3", "sqs", "stepfunctions", "sts"}
LOCALES: Final = {"root", "en", "vi"}


def prune(python: Path) -> None:
    """Take out of a layer's folder what is not used there."""
    kept = {python / one for one in USED}
    for pattern in UNUSED:
        for path in list(python.glob(pattern)):
            if path not in kept:
                _remove(path)
    for service in (python / "botocore" / "data").glob("*/"):
        if service.name not in SERVICES:
            _remove(service)
    for locale in (python / "babel" / "locale-data").glob("*.dat"):
        if locale.stem not in LOCALES:
            _remove(locale)
    for model in list((python / "botocore" / "data").rglob("*.json.gz")):
        unpack_model(model)


def unpack_model(packed: Path) -> None:
    """Put a service's description in place without its prose: read at each cold start, it is most of what is read."""
    described = json.loads(gzip.decompress(packed.read_bytes()))
    plain = json.dumps(_without_prose(described), ensure_ascii=False, separators=(",", ":"))
    packed.with_suffix("").write_text(plain, encoding="utf-8")
    packed.unlink()


def _without_prose(value: object) -> object:
    """``documentation`` is prose where it is a text; where it is an object, it is a member of that name."""
    if isinstance(value, dict):
        return {
            key: _without_prose(one) for key, one in value.items() if key != "documentation" or not isinstance(one, str)
        }
    return [_without_prose(one) for one in value] if isinstance(value, list) else value


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
