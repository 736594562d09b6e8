"""What is built works by itself: pruned packages answer as whole ones do."""

from __future__ import annotations

import json
from pathlib import Path

import botocore.session
import numpy as np
import pytest

from build_layers import megabytes
from lambda_parts import BUILD, FUNCTIONS, LAYERS, ROOT, this_architecture
from machtin.adapters.html_page import read_html_page
from machtin.embedding import StaticEmbedder
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold

from .artefacts import folders, run

pytestmark = pytest.mark.built
BUILT = BUILD / this_architecture()
MODULES = [one.module for one in FUNCTIONS.values() if (ROOT / "functions" / f"{one.module}.py").is_file()]
PAGES = sorted([*(ROOT / "events" / "articles").glob("*.html"), *(ROOT / "tests" / "pages").glob("*.html")])
TEXTS = ["vùng kinh tế trọng điểm", "thanh pho ho chi minh", "Giá vải thiều Lục Ngạn tăng gấp đôi"]
REGION = {"AWS_DEFAULT_REGION": "ap-southeast-1", "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}


@pytest.mark.parametrize("module", MODULES)
def test_a_function_loads_from_its_artefacts_alone(module: str) -> None:
    code = (
        f"import json, sys, {module}\nprint(json.dumps([getattr(m, '__file__', None) for m in sys.modules.values()]))"
    )
    files = [Path(file) for file in run(code, module) if file]
    own, library = folders(module), Path(json.__file__).resolve().parents[1]
    astray = [file for file in files if not any(file.resolve().is_relative_to(one) for one in [*own, library])]
    assert not astray
    assert {one for one in own for file in files if file.is_relative_to(one)} >= {
        own[0],
        BUILT / "layers/machtin/python",
    }


@pytest.mark.parametrize("module", ["reader_api", "ingest"])
def test_clients_of_aws_are_whole(module: str) -> None:
    """Of the services that are left each operation is, with its inputs, and each region's address."""
    names = ("s3", "sqs", "stepfunctions", "sts")
    code = (
        "import botocore.session, json, sys\n"
        "def inputs(model, operation):\n"
        "    shape = model.operation_model(operation).input_shape\n"
        "    return sorted(shape.members) if shape else []\n"
        "found = {}\n"
        "for name in sys.argv[1:]:\n"
        "    client = botocore.session.Session().create_client(name)\n"
        "    model = client.meta.service_model\n"
        "    found[name] = [client.meta.endpoint_url, {one: inputs(model, one) for one in model.operation_names}]\n"
        "print(json.dumps(found))\n"
    )
    session = botocore.session.Session()
    session.set_credentials("nobody", "nothing")
    found = run(code, module, *names, env=REGION)
    for name in names:
        client = session.create_client(name, region_name=REGION["AWS_DEFAULT_REGION"])
        model = client.meta.service_model
        inputs = {one: model.operation_model(one).input_shape for one in model.operation_names}
        whole = {one: sorted(shape.members) if shape else [] for one, shape in inputs.items()}
        assert found[name] == [client.meta.endpoint_url, whole], name


def test_the_model_embeds_as_it_does_here() -> None:
    code = (
        "import json, sys\nfrom machtin.embedding import StaticEmbedder\nfrom machtin.settings import BUNDLED_MODEL\n"
        "print(json.dumps(StaticEmbedder.load(BUNDLED_MODEL).embed(sys.argv[1:]).tolist()))\n"
    )
    here = StaticEmbedder.load(BUNDLED_MODEL).embed(TEXTS)
    np.testing.assert_allclose(np.array(run(code, "reader_api", *TEXTS)), here, atol=1e-6)


def test_pages_are_read_as_they_are_here() -> None:
    """Languages and builders' files that are left out change nothing in what trafilatura and lxml find."""
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom machtin.adapters.html_page import read_html_page\n"
        "print(json.dumps([read_html_page(Path(one).read_bytes()) for one in sys.argv[1:]], default=str))\n"
    )
    here = json.loads(json.dumps([read_html_page(path.read_bytes()) for path in PAGES], default=str))
    assert run(code, "inbox", *map(str, PAGES)) == here
    assert len(PAGES) > 10


def test_quality_is_compared_as_it_is_here() -> None:
    """What the gate does with numpy, random numbers among it."""
    code = (
        "import json\nfrom machtin.evaluation import *\nimport machtin.evaluation as e, numpy as np\n"
        "print(json.dumps([float(np.median([3, 1, 2])), np.random.default_rng(7).integers(0, 9, 5).tolist()]))\n"
    )
    assert run(code, "reindex") == [2.0, np.random.default_rng(7).integers(0, 9, 5).tolist()]


def test_nothing_of_a_laptop_is_in_a_layer() -> None:
    names = {fold(path.name) for layer in LAYERS for path in (BUILT / "layers" / layer / "python").iterdir()}
    for absent in ("tantivy", "uvicorn", "click", "rich", "grpc", "huggingface_hub", "fsspec", "hf_xet", "pip", "bin"):
        assert absent not in names
    queried = {path.name for path in (BUILT / "layers" / "dependencies" / "python").iterdir()}
    assert not queried & {"lxml", "trafilatura", "babel", "regex", "dateparser"}


def test_every_function_is_below_its_limit() -> None:
    code = megabytes(BUILT / "functions")
    sizes = {layer: megabytes(BUILT / "layers" / layer) for layer in LAYERS}
    for name, function in FUNCTIONS.items():
        assert code + sum(sizes[layer] for layer in function.layers) <= function.limit, name


def test_code_is_compiled_for_this_python() -> None:
    for part in (BUILT / "functions", *(BUILT / "layers" / layer / "python" for layer in LAYERS)):
        compiled = {path.name.partition(".cpython-")[0] for path in part.rglob("*.pyc")}
        bare = {path.stem for path in part.rglob("*.py")} - compiled
        assert not bare, part
