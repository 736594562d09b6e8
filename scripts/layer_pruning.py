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
    "**/py.typed",
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
    "numpy/fft",
    "numpy/random/_examples",
    "numpy/random/lib",
    "numpy/conftest.py",
    "numpy/polynomial",
    # numpy's tests of itself
    "numpy/testing",
    "numpy/_core/_simd.*",
    "numpy/_core/*_tests.*",
    # pydantic as it was, and for its own type checking
    "pydantic/v1",
    "pydantic/mypy.py",
    # a page of Powertools' own; machtin has its own
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    # Powertools' other tools, of which some need packages that aren't there
    "aws_lambda_powertools/utilities/*/",
    # boto3's resources; only its clients are used
    "boto3/data/*",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    # certificates that are taken from certifi
    "botocore/cacert.pem",
    # clients that wait asynchronously: opensearch-py does without them where they can't be imported
    "opensearchpy/_async/client",
    "opensearchpy/_async/plugins",
    # for Windows, where dateutil looks for it at each start
    "dateutil/tz/win.py",
    # languages that pages here are not in
    "babel/messages",
    "justext/stoplists/*",
    # what trains, converts and quantises models, and the library for C programs
    "onnxruntime/backend",
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "onnxruntime/capi/libonnxruntime.so.*",
    # for C programs
    "lxml/includes",
    "lxml/isoschematron",
)
# What of the above is used all the same.
USED: Final = (
    "aws_lambda_powertools/utilities/data_classes",
    "aws_lambda_powertools/utilities/jmespath_utils",
    "aws_lambda_powertools/utilities/metadata",
    "aws_lambda_powertools/utilities/typing",
    "justext/stoplists/English.txt",
    "justext/stoplists/Vietnamese.txt",
)
# botocore's folders of the services that are asked, and their names among its endpoints.
SERVICES: Final = {"s3": "s3", "sqs": "sqs", "stepfunctions": "states", "sts": "sts"}
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
    if (endpoints := python / "botocore" / "data" / "endpoints.json").is_file():
        keep_endpoints(endpoints)
    for model in list((python / "botocore" / "data").rglob("*.json.gz")):
        unpack_model(model)


def keep_endpoints(path: Path) -> None:
    """Every region, but of the services only those that are asked: the file is read at each cold start."""
    described = json.loads(path.read_text(encoding="utf-8"))
    for partition in described["partitions"]:
        services = partition["services"].items()
        partition["services"] = {name: told for name, told in services if name in SERVICES.values()}
    path.write_text(json.dumps(described, separators=(",", ":")), encoding="utf-8")


def unpack_model(packed: Path) -> None:
    """Put a service's description in place without its prose: read at each cold start, it is most of what is read."""
    described = json.loads(gzip.decompress(packed.read_bytes()))
    plain = json.dumps(_without_prose(described), ensure_ascii=False, separators=(",", ":"))
    packed.with_suffix("").write_text(plain, encoding="utf-8")
    packed.unlink()


def _without_prose(value: object) -> object:
    """``documentation`` is prose where it is a text, which botocore wants; as an object it is a member of that name."""
    if isinstance(value, dict):
        return {
            key: "" if key == "documentation" and isinstance(one, str) else _without_prose(one)
            for key, one in value.items()
        }
    return [_without_prose(one) for one in value] if isinstance(value, list) else value


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
