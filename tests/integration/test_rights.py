"""The rights that template.yaml gives each function: enough for what it does, and nothing that it does not do.

Each function's real handler works on a bucket; whatever it asks AWS is held against its role's policies.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from machtin import bootstrap
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.s3_bucket import Bucket

from .conftest import Invoke, batch_of, sample_event

# What AWS asks of a request's right, where it is not called like the request.
ACTIONS: Final = {"HeadObject": "s3:GetObject", "ListObjectsV2": "s3:ListBucket"}
PREFIXES: Final = {"s3": "s3", "sqs": "sqs", "stepfunctions": "states"}
# Lambda asks these itself, in the function's name.
BY_LAMBDA: Final = frozenset({"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"})
DOMAIN: Final = "arn:aws:es:ap-southeast-1:123456789012:domain/machtin"
MACHINE: Final = "arn:aws:states:ap-southeast-1:123456789012:stateMachine:machtin-reindex"


@dataclass(frozen=True)
class Asked:
    """One request to AWS: the right that it takes, and the resource that it touches."""

    action: str
    resource: str


@dataclass
class Watch:
    """Whatever is asked of AWS, and of the cluster, while a function works."""

    asked: dict[str, set[Asked]] = field(default_factory=dict)
    function: str = ""

    @contextmanager
    def on(self, function: str) -> Iterator[None]:
        """Holds what is asked meanwhile against this function."""
        self.function = function
        yield
        self.function = ""

    def note(self, client: Any, operation: str, given: dict[str, Any]) -> None:
        """Remember one request of the function that is at work."""
        service = client.meta.service_model.service_name
        action = ACTIONS.get(operation, f"{PREFIXES[service]}:{operation}")
        if given.get("VersionId"):
            action = action.replace("Object", "ObjectVersion")
        key = f"/{given['Key']}" if "Key" in given else ""
        self._add(action, f"arn:aws:s3:::{given['Bucket']}{key}" if service == "s3" else MACHINE)

    def note_absence(self, given: dict[str, Any]) -> None:
        """That something is not there is told to those alone who may list the bucket."""
        self._add("s3:ListBucket", f"arn:aws:s3:::{given['Bucket']}")

    def note_search(self, method: str, path: str) -> None:
        """The same of one request to the cluster."""
        self._add(f"es:ESHttp{method.capitalize()}", DOMAIN + path)

    def _add(self, action: str, resource: str) -> None:
        if self.function:
            self.asked.setdefault(self.function, set()).add(Asked(action, resource))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch, call = Watch(), BaseClient._make_api_call

    def noted(self: Any, operation: str, given: dict[str, Any]) -> Any:
        watch.note(self, operation, given)
        try:
            return call(self, operation, given)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                watch.note_absence(given)
            raise

    ask = OpenSearchClient.request

    def noted_search(self: OpenSearchClient, method: str, path: str, **options: Any) -> Any:
        watch.note_search(method, path)
        return ask(self, method, path, **options)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    monkeypatch.setattr(OpenSearchClient, "request", noted_search)
    return watch


@pytest.fixture
def data(engine: str, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose articles are in a bucket and whose re-indexes a state machine carries out."""
    boto3.client("stepfunctions").create_state_machine(
        name="machtin-reindex",
        definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/reindex",
    )
    given = {"DATA": str(tmp_path), "STORE": "s3", "BUCKET": bucket.name, "STATE_MACHINE": MACHINE}
    for name, value in given.items():
        monkeypatch.setenv(f"MACHTIN_{name}", value)
    bootstrap.service.cache_clear()
    return tmp_path


class Rights:
    """What the template allows, on this bucket and for indexes of this prefix."""

    def __init__(self, template: dict[str, Any], bucket: str) -> None:
        self._resources = template["Resources"]
        self._known = {
            "ArticlesBucket.Arn": f"arn:aws:s3:::{bucket}",
            "AWS::Partition": "aws",
            "AWS::Region": "ap-southeast-1",
            "AWS::AccountId": "123456789012",
            "AWS::StackName": "machtin",
            "Domain": DOMAIN,
            "IndexPrefix": os.environ.get("MACHTIN_OPENSEARCH_PREFIX", "machtin"),
        }

    def of_role(self, role: str) -> set[Asked]:
        """What a role's own policies allow."""
        policies = self._resources[role]["Properties"]["Policies"]
        return {right for policy in policies for right in self._of(policy["PolicyDocument"])}

    def of_policy(self, policy: str) -> set[Asked]:
        """What a policy allows to whichever role has it."""
        return set(self._of(self._resources[policy]["Properties"]["PolicyDocument"]))

    def shared(self, role: str) -> set[str]:
        """The names of the policies that a role has and others have too."""
        arns = self._resources[role]["Properties"]["ManagedPolicyArns"]
        return {one["Ref"] for one in arns if "Ref" in one}

    def _of(self, document: dict[str, Any]) -> Iterator[Asked]:
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in _listed(statement["Action"]):
                for resource in _listed(statement["Resource"]):
                    yield Asked(action, self._arn(resource))

    def _arn(self, resource: dict[str, Any]) -> str:
        text = resource.get("Fn::Sub") or "${" + ".".join(resource["Fn::GetAtt"]) + "}"
        text = text[0] if isinstance(text, list) else text
        return re.sub(r"\$\{([\w:.]+)\}", lambda name: self._known.get(name[1], name[1]), text)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def covers(right: Asked, asked: Asked) -> bool:
    """Whether a right is one to do this."""
    pattern = re.escape(right.resource).replace(r"\*", ".*")
    return right.action == asked.action and re.fullmatch(pattern, asked.resource) is not None


Story = Callable[[], None]
READERS: Final = (
    "http-search",
    "http-suggest",
    "http-walk",
    "http-article",
    "http-related",
    "http-summary",
    "http-health",
)


@pytest.fixture
def story(watch: Watch, bucket: Bucket, reader: Invoke, editor: Invoke, ingest: Invoke, reindex: Invoke) -> Story:
    """An installation's life: articles come and go, are asked for, are indexed anew, and as before."""

    def told() -> None:
        with watch.on("EditorFunction"):
            for name in ("http-put-article", "http-put-article", "http-post-articles"):
                assert editor(sample_event(name))["statusCode"] in (200, 202)
        with watch.on("IngestFunction"):
            assert ingest(batch_of(["example-article", "never-there"])) == {"batchItemFailures": []}
        with watch.on("ReaderFunction"):
            for name in READERS:
                assert reader(sample_event(name))["statusCode"] == 200
        for _ in range(2):
            with watch.on("EditorFunction"):
                begun = json.loads(editor(sample_event("http-begin-reindex"))["body"])
            assert carried_out(begun)["state"] == "done"
        path = f"/v1/reindexes/{begun['id']}/rollback"
        with watch.on("EditorFunction"):
            back = json.loads(editor(sample_event("http-rollback", rawPath=path))["body"])
            for name in ("http-draft-related", "http-list-reindexes", "http-delete-article"):
                assert editor(sample_event(name))["statusCode"] in (200, 202)
        assert carried_out(back)["state"] == "rolled_back"
        with watch.on("ReindexFunction"):
            reindex(sample_event("schedule-reconcile"))
            reindex(sample_event("schedule-purge"))

    def carried_out(state: dict[str, Any]) -> dict[str, Any]:
        with watch.on("ReindexFunction"):
            while state["state"] == "running":
                name = "reindex-step"
                if state["step"] == "build":
                    reindex(sample_event("reindex-map-batch", reindex_id=state["id"]))
                    name = "reindex-built"
                state = reindex(sample_event(name, reindex_id=state["id"]))
        return state

    return told


SEARCHING: Final = ("SearchPolicy", "IndexPolicy")


def test_each_function_may_do_what_it_does_and_nothing_else(
    template: dict[str, Any], watch: Watch, bucket: Bucket, story: Story
) -> None:
    story()
    assert watch.asked.keys() == {"ReaderFunction", "EditorFunction", "IngestFunction", "ReindexFunction"}
    given = Rights(template, bucket.name)
    for function, asked in watch.asked.items():
        role = function.replace("Function", "Role")
        own = given.of_role(role)
        shared = [given.of_policy(policy) for policy in SEARCHING if policy in given.shared(role)]
        allowed = own.union(*shared)
        assert {one for one in asked if not any(covers(right, one) for right in allowed)} == set(), function
        unused = {right for right in own if not any(covers(right, one) for one in asked)}
        assert {right for right in unused if right.action not in BY_LAMBDA} == set(), function


@pytest.mark.parametrize("engine", [pytest.param("opensearch", marks=pytest.mark.opensearch)], indirect=True)
def test_every_right_on_the_cluster_is_needed_by_whoever_has_it(
    template: dict[str, Any], watch: Watch, bucket: Bucket, story: Story
) -> None:
    story()
    given = Rights(template, bucket.name)
    for policy, functions in {"SearchPolicy": ("Reader", "Editor"), "IndexPolicy": ("Ingest", "Reindex")}.items():
        asked = set().union(*(watch.asked[f"{function}Function"] for function in functions))
        assert {right for right in given.of_policy(policy) if not any(covers(right, one) for one in asked)} == set()
