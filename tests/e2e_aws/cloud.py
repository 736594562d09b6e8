"""The deployment on this machine: everything that the template deploys, wired as it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3

from .cluster import Cluster
from .endpoint import Endpoint, running_endpoint
from .event_source import EventSource
from .functions import BuiltFunction, built_function
from .gateway import MOST_BYTES, REGION, TOO_LARGE, Gateway
from .loopback import served
from .newsroom import Newsroom, identities
from .queues import Queue
from .shape import QueueShape, Shape, shape_of
from .stack import ACCOUNT, NAME, Stack
from .state_machine import definition

BUCKET: Final = f"{NAME}-articles-{ACCOUNT}"
DOMAIN: Final = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/{NAME}"
# Seconds for which a message stays out of sight: the template's minutes, cut down to what tests can wait for.
VISIBILITY: Final = 15
LONGEST_WINDOW: Final = 0.5
# What a role would give the functions.
CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "ASIAFUNCTION00000000", "AWS_SECRET_ACCESS_KEY": "the role's secret"}
Client = Callable[[str], Any]


@dataclass
class Cloud:
    """What tests can see of the deployment, and break. ``versions``: the bucket's objects that were read already."""

    shape: Shape
    client: Client
    endpoint: Endpoint
    functions: Mapping[str, BuiltFunction]
    gateway: Gateway
    newsroom: Newsroom
    queues: Mapping[str, Queue]
    sources: Mapping[str, EventSource]
    cluster: Cluster
    state_machine: str
    versions: dict[str, Any] = field(default_factory=dict)

    @property
    def ingest(self) -> Queue:
        """The queue of changed articles."""
        return self.queues["IngestQueue"]

    @property
    def inbox(self) -> Queue:
        """The queue of dropped files."""
        return self.queues["InboxQueue"]


@contextmanager
def deployed(template: Mapping[str, Any], opensearch: str, logs: Path) -> Iterator[Cloud]:
    """Deploy into an empty AWS on this machine, beside the OpenSearch at this address; gone when the block ends."""
    stack = Stack(template, {"OpenSearchUrl": opensearch, "OpenSearchArn": DOMAIN}, {"ArticlesBucket": BUCKET})
    assert stack.resolved(stack.of_type("AWS::S3::Bucket")["ArticlesBucket"]["BucketName"]) == BUCKET
    shape = shape_of(stack)
    with ExitStack() as running:
        address, endpoint = running.enter_context(running_endpoint(logs / "moto.log"))
        client = _clients(address)
        queues = {name: Queue(client("sqs"), name, VISIBILITY, one.receives) for name, one in shape.queues.items()}
        _make_bucket(client("s3"), shape, queues)
        _name_resources(stack, shape, queues)
        machine = _make_state_machine(client("stepfunctions"), stack)
        functions = _start_functions(running, stack, shape, address, logs)
        endpoint.functions = functions
        sources = {
            name: _event_source(client("sqs"), queues[name], functions[one.function], one)
            for name, one in shape.queues.items()
        }
        for source in sources.values():
            source.start()
            running.callback(source.stop)
        gateway = Gateway(shape.routes, functions, identities(shape.editors), shape.cors)
        newsroom = Newsroom(running.enter_context(served(gateway, most_bytes=MOST_BYTES, too_large=TOO_LARGE)))
        running.callback(newsroom.close)
        cluster = Cluster(opensearch)
        yield Cloud(shape, client, endpoint, functions, gateway, newsroom, queues, sources, cluster, machine)


def _clients(address: str) -> Client:
    def client(service: str) -> Any:
        operator = boto3.Session("AKIAOPERATOR00000000", "the operator's secret", region_name=REGION)
        return operator.client(service, endpoint_url=address)

    return client


def _make_bucket(s3: Any, shape: Shape, queues: Mapping[str, Queue]) -> None:
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    told = [
        {
            "QueueArn": queues[name].arn,
            "Events": list(one.events),
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": one.prefix}]}},
        }
        for name, one in shape.queues.items()
    ]
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": told})


def _name_resources(stack: Stack, shape: Shape, queues: Mapping[str, Queue]) -> None:
    for name, queue in queues.items():
        stack.resources |= {name: queue.url, f"{name}.QueueUrl": queue.url, f"{name}.Arn": queue.arn}
    for name in shape.functions:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        stack.resources |= {name: name, f"{name}.Arn": arn, f"{name}.Alias": f"{arn}:live"}


def _make_state_machine(stepfunctions: Any, stack: Stack) -> str:
    (name,) = stack.of_type("AWS::Serverless::StateMachine")
    substitutions = stack.of_type("AWS::Serverless::StateMachine")[name]["DefinitionSubstitutions"]
    made = stepfunctions.create_state_machine(
        name=f"{NAME}-reindex",
        definition=definition(stack.template, stack.resolved(substitutions)),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/{NAME}-reindex",
    )
    arn = str(made["stateMachineArn"])
    stack.resources |= {name: arn, f"{name}.Arn": arn}
    return arn


def _start_functions(
    running: ExitStack, stack: Stack, shape: Shape, address: str, logs: Path
) -> dict[str, BuiltFunction]:
    functions = {}
    for name, one in shape.functions.items():
        variables = {key: str(value) for key, value in stack.resolved(one.variables).items()}
        here = {"AWS_ENDPOINT_URL": address, **CREDENTIALS}
        functions[name] = running.enter_context(built_function(one, variables | here, logs))
    return functions


def _event_source(sqs: Any, queue: Queue, function: BuiltFunction, shape: QueueShape) -> EventSource:
    return EventSource(
        sqs,
        queue.url,
        queue.arn,
        function,
        batch_size=shape.batch_size,
        window=min(shape.window, LONGEST_WINDOW),
        concurrency=shape.concurrency,
        partial=shape.partial,
    )
