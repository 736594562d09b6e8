"""Rights: what a function asks of AWS and of the cluster while it works, and what template.yaml allows it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from machtin.adapters.opensearch_client import OpenSearchClient

# What AWS asks of a request's right, where it is not called like the request.
ACTIONS: Final = {"HeadObject": "s3:GetObject", "ListObjectsV2": "s3:ListBucket"}
PREFIXES: Final = {"s3": "s3", "sqs": "sqs", "stepfunctions": "states"}
# Lambda asks these itself, in the function's name.
BY_LAMBDA: Final = frozenset({"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"})
SEARCHING: Final = ("SearchPolicy", "IndexPolicy")
DOMAIN: Final = "arn:aws:es:ap-southeast-1:123456789012:domain/machtin"
QUEUE: Final = "InboxQueue.Arn"
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
        resources = {"s3": f"arn:aws:s3:::{given.get('Bucket')}{key}", "sqs": QUEUE, "stepfunctions": MACHINE}
        self._add(action, resources[service])
        if "IfMatch" in given and operation == "PutObject":
            self._add("s3:GetObject", resources[service])  # asked of those whose writing depends on what is there

    def note_absence(self, given: dict[str, Any]) -> None:
        """That something is not there is told to those alone who may list the bucket."""
        self._add("s3:ListBucket", f"arn:aws:s3:::{given['Bucket']}")

    def note_search(self, method: str, path: str) -> None:
        """The same of one request to the cluster."""
        self._add(f"es:ESHttp{method.capitalize()}", DOMAIN + path)

    def _add(self, action: str, resource: str) -> None:
        if self.function:
            self.asked.setdefault(self.function, set()).add(Asked(action, resource))


@contextmanager
def watched() -> Iterator[Watch]:
    """Whatever is asked in this process until the block ends."""
    watch, call, ask = Watch(), BaseClient._make_api_call, OpenSearchClient.request

    def noted(self: Any, operation: str, given: dict[str, Any]) -> Any:
        watch.note(self, operation, given)
        try:
            return call(self, operation, given)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                watch.note_absence(given)
            raise

    def noted_search(self: OpenSearchClient, method: str, path: str, **options: Any) -> Any:
        watch.note_search(method, path)
        return ask(self, method, path, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", noted)
        patch.setattr(OpenSearchClient, "request", noted_search)
        yield watch


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


def compared(given: Rights, function: str, asked: set[Asked]) -> tuple[set[Asked], set[Asked]]:
    """What a function asked without a right to, and its role's own rights that it made no use of."""
    role = function.replace("Function", "Role")
    own = given.of_role(role)
    shared = (given.of_policy(policy) for policy in SEARCHING if policy in given.shared(role))
    allowed = own.union(*shared)
    missing = {one for one in asked if not any(covers(right, one) for right in allowed)}
    unused = {right for right in own if not any(covers(right, one) for one in asked) and not _is_rare(right, asked)}
    return missing, {right for right in unused if right.action not in BY_LAMBDA}


def _is_rare(right: Asked, asked: set[Asked]) -> bool:
    """A record of the audit trail is read by whoever writes it, where it was written at the same time by another."""
    writing = Asked("s3:PutObject", right.resource)
    reading = right.action == "s3:GetObject" and right.resource.endswith("/audit/*")
    return reading and any(covers(writing, one) for one in asked)
