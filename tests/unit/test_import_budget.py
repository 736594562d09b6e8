"""What a cold start on Lambda may load. Whoever adds to it sees here which module did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parent.parent.parent / "functions"
# All but these settle their own address; nothing is asked while a function starts.
LAMBDA = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "MACHTIN_STORE": "s3",
    "MACHTIN_BUCKET": "machtin-articles",
    "MACHTIN_INBOX_QUEUE": "https://sqs.ap-southeast-1.amazonaws.com/123456789012/inbox",
    "MACHTIN_STATE_MACHINE": "arn:aws:states:ap-southeast-1:123456789012:stateMachine:reindex",
    "MACHTIN_FEEDS": "https://toasoan.example/rss",
    "MACHTIN_INDEX": "opensearch",
    "MACHTIN_OPENSEARCH_URL": "https://search-news-abc123.ap-southeast-1.es.amazonaws.com",
}
LOGS = {"aws_lambda_powertools", "jmespath", "typing_extensions"}
ROUTES = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
AWS = {"botocore", "certifi", "dateutil", "jmespath", "six", "urllib3"}
CLUSTER = {"charset_normalizer", "events", "idna", "opensearchpy", "requests", "urllib3"}
MODEL = {"numpy", "tokenizers"}
PAGES = {"lxml", "numpy"}
OURS = {"machtin", *(path.stem for path in FUNCTIONS.glob("*.py"))}
BUDGET = {
    "reader_api": LOGS | ROUTES | AWS | CLUSTER | MODEL,
    "editor_api": LOGS | ROUTES | AWS | CLUSTER | MODEL,
    "ingest": LOGS | AWS | CLUSTER | MODEL,
    "reindex": LOGS | AWS | CLUSTER | MODEL,
    "inbox": LOGS | AWS | PAGES,
    "feeds": LOGS | AWS | PAGES,
}
# Installed beside machtin here, found by others, and in no layer: what they would load does not count.
ABSENT = (
    "OpenSSL aiohttp aws_xray_sdk awscrt brotli brotlicffi chardet cryptography datadog_lambda email_validator h2 "
    "huggingface_hub pytz simplejson socks xray yaml zstandard"
)
# Prints of each package, beside the standard library's modules, which module asked for it first.
WATCH = """
import json, sys
handler, absent = sys.argv[1], set(sys.argv[2].split())
asked = {}
class Watch:
    def find_spec(self, name, path=None, target=None):
        if "." in name or name in sys.stdlib_module_names or name.startswith("_"):
            return None
        if name in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        frame = sys._getframe(1)
        while "importlib" in frame.f_globals["__name__"]:
            frame = frame.f_back
        asked.setdefault(name, frame.f_globals["__name__"])
        return None
sys.meta_path.insert(0, Watch())
__import__(handler)
print(json.dumps({name: by for name, by in asked.items() if name in sys.modules}))
"""


def loaded(handler: str, folder: Path) -> dict[str, str]:
    """The packages that a function has loaded when it is ready on Lambda, each with who asked for it first."""
    command = [sys.executable, "-B", "-c", WATCH, handler, ABSENT]
    done = subprocess.run(command, env=LAMBDA, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("handler", [name for name in BUDGET if (FUNCTIONS / f"{name}.py").is_file()])
def test_a_function_that_is_ready_has_loaded_what_it_needs_alone(tmp_path: Path, handler: str) -> None:
    beyond = {name: by for name, by in loaded(handler, tmp_path).items() if name not in BUDGET[handler] | OURS}
    told = "; ".join(f"{handler} loads {name}, which {by} asks for" for name, by in beyond.items())
    assert not beyond, told


def test_every_function_has_a_budget() -> None:
    handlers = {path.stem for path in FUNCTIONS.glob("*.py") if "\ndef handler(" in path.read_text(encoding="utf-8")}
    assert handlers <= BUDGET.keys()


@pytest.mark.parametrize("handler", ["reader_api", "editor_api", "ingest", "reindex"])
def test_clients_and_model_are_there_before_the_first_event(tmp_path: Path, handler: str) -> None:
    assert loaded(handler, tmp_path).keys() >= {"botocore", "numpy", "opensearchpy", "tokenizers"}


def test_who_breaks_the_budget_is_named(tmp_path: Path) -> None:
    (tmp_path / "spendthrift.py").write_text("import rich\n")
    (tmp_path / "handler_of_pages.py").write_text("import spendthrift\n")
    assert loaded("handler_of_pages", tmp_path)["rich"] == "spendthrift"


def test_on_a_laptop_nothing_is_made_ready(tmp_path: Path) -> None:
    code = "import reader_api, sys\nassert not {'botocore.session', 'tokenizers', 'opensearchpy'} & set(sys.modules)"
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, env={}, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
