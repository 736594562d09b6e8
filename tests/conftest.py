"""What all tests share: how Hypothesis runs on slow machines, and where the research data lie."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, settings
from moto.server import ThreadedMotoServer

from container_template import TemplateLoader
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.s3_bucket import Bucket
from machtin.ports import IndexCatalog
from machtin.settings import OpenSearchSettings

# Time says nothing about correctness on a busy machine; slow inputs are slow, not wrong.
settings.register_profile("machtin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("machtin")

# A busy machine may take a while to remove what a test has made in the cluster.
CLEANING_SECONDS: Final = 120
ROOT = Path(__file__).parent.parent
# Each opens the same installation's index versions again when it is called again, as another process would.
OpenCatalog = Callable[[], IndexCatalog]


@pytest.fixture(scope="session")
def opensearch() -> OpenSearchSettings:
    """The running cluster; a test of it that can't run fails, it is never skipped."""
    if "MACHTIN_OPENSEARCH_URL" not in os.environ:
        pytest.fail("there is no OpenSearch to test on: make test-opensearch")
    return replace(OpenSearchSettings.from_env(os.environ), timeout=10.0)


@pytest.fixture(params=["embedded", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def open_catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenCatalog]:
    """The engines that promise the same; a further one joins here."""
    if request.param == "embedded":
        yield lambda: EmbeddedCatalog(tmp_path / "index")
        return
    settings: OpenSearchSettings = request.getfixturevalue("opensearch")
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    client = OpenSearchClient(settings)
    yield lambda: OpenSearchCatalog(client, prefix, live_seconds=0)
    client.request("DELETE", f"/{prefix}-*", seconds=CLEANING_SECONDS)
    client.close()


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """template.yaml, with intrinsic functions in their long form."""
    read: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), TemplateLoader)
    return read


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of research data; a floor that can't be measured fails, it is never skipped."""
    folder = Path(os.environ.get("MACHTIN_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.fail(f"the research data are not in {folder}; set MACHTIN_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a server on this machine that speaks S3, SQS and Step Functions; it is what boto3 asks."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(aws: str) -> Bucket:
    """An empty, versioned bucket of its own."""
    made = Bucket(f"machtin-{uuid.uuid4().hex[:12]}")
    made.client.create_bucket(
        Bucket=made.name, CreateBucketConfiguration={"LocationConstraint": made.client.meta.region_name}
    )
    made.client.put_bucket_versioning(Bucket=made.name, VersioningConfiguration={"Status": "Enabled"})
    return made
