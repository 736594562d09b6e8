"""What the template deploys, as far as this machine can have it: functions, routes, queues, the bucket's events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .gateway import Cors, Route
from .stack import Stack


@dataclass(frozen=True)
class FunctionShape:
    """A function: its module, its timeout in seconds, and the variables it is given, expressions unresolved."""

    module: str
    timeout: int
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class QueueShape:
    """A queue with dead letters behind it, after so many receives; ``visibility`` in seconds.

    ``function`` takes its messages, so many at a time; ``prefix`` and ``events``: what the bucket tells it.
    """

    visibility: int
    receives: int
    function: str
    batch_size: int
    window: float
    concurrency: int
    partial: bool
    prefix: str
    events: Sequence[str]


@dataclass(frozen=True)
class Shape:
    """The deployment; functions and queues by their logical names.

    ``editors``: the routes (METHOD/path, with * for anything) that the policy for editors allows. ``schedules``: the
    function and the event of each schedule, by its name in the template.
    """

    functions: Mapping[str, FunctionShape]
    queues: Mapping[str, QueueShape]
    routes: Sequence[Route]
    editors: Sequence[str]
    cors: Cors | None
    schedules: Mapping[str, tuple[str, Any]]


def shape_of(stack: Stack) -> Shape:
    """Read the template."""
    functions = _functions(stack)
    return Shape(functions, _queues(stack), _routes(stack), _editors(stack), _cors(stack), _schedules(stack))


def _functions(stack: Stack) -> dict[str, FunctionShape]:
    common = stack.template.get("Globals", {}).get("Function", {})
    variables = common.get("Environment", {}).get("Variables", {})
    return {
        name: FunctionShape(
            module=properties["Handler"].removesuffix(".handler"),
            timeout=int(stack.resolved(properties.get("Timeout", common.get("Timeout", 3)))),
            variables=variables | properties.get("Environment", {}).get("Variables", {}),
        )
        for name, properties in stack.of_type("AWS::Serverless::Function").items()
    }


def _events(stack: Stack, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The logical names of functions, and the properties of their events of this type."""
    return [
        (name, event.get("Properties", {}))
        for name, properties in stack.of_type("AWS::Serverless::Function").items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == kind
    ]


def _routes(stack: Stack) -> list[Route]:
    (api,) = stack.of_type("AWS::Serverless::HttpApi").values()
    default = api.get("Auth", {}).get("DefaultAuthorizer", "NONE")
    return [
        Route(
            event["Method"].upper(),
            event["Path"],
            function,
            iam=event.get("Auth", {}).get("Authorizer", default) == "AWS_IAM",
        )
        for function, event in _events(stack, "HttpApi")
    ]


def _editors(stack: Stack) -> list[str]:
    """What stands behind the stage in the ARNs of the editors' policy."""
    statements = stack.of_type("AWS::IAM::ManagedPolicy")["EditorPolicy"]["PolicyDocument"]["Statement"]
    allowed = [one for one in statements if (one["Effect"], one["Action"]) == ("Allow", "execute-api:Invoke")]
    arns = [stack.resolved(arn) for one in allowed for arn in one["Resource"]]
    stage = f"{stack.resolved({'Ref': 'Api'})}/$default/"
    return [arn.partition(stage)[2] for arn in arns]


def _cors(stack: Stack) -> Cors | None:
    (api,) = stack.of_type("AWS::Serverless::HttpApi").values()
    told = stack.resolved(api.get("CorsConfiguration"))
    if not told:
        return None
    return Cors(
        origins=told.get("AllowOrigins", []),
        methods=told.get("AllowMethods", []),
        headers=told.get("AllowHeaders", []),
        exposed=told.get("ExposeHeaders", []),
        max_age=told.get("MaxAge"),
    )


def _schedules(stack: Stack) -> dict[str, tuple[str, Any]]:
    return {
        event: (name, json.loads(one["Properties"]["Input"]))
        for name, properties in stack.of_type("AWS::Serverless::Function").items()
        for event, one in properties.get("Events", {}).items()
        if one["Type"] == "ScheduleV2"
    }


def _queues(stack: Stack) -> dict[str, QueueShape]:
    """The queues that functions take messages from."""
    taken = {_named(event["Queue"]): (function, event) for function, event in _events(stack, "SQS")}
    (bucket,) = stack.of_type("AWS::S3::Bucket").values()
    told: dict[str, list[Mapping[str, Any]]] = {}
    for one in bucket["NotificationConfiguration"]["QueueConfigurations"]:
        told.setdefault(_named(one["Queue"]), []).append(one)
    queues = stack.of_type("AWS::SQS::Queue")
    return {
        name: QueueShape(
            visibility=int(stack.resolved(queues[name]["VisibilityTimeout"])),
            receives=int(stack.resolved(queues[name]["RedrivePolicy"]["maxReceiveCount"])),
            function=function,
            batch_size=int(stack.resolved(event.get("BatchSize", 10))),
            window=float(stack.resolved(event.get("MaximumBatchingWindowInSeconds", 0))),
            concurrency=int(stack.resolved(event.get("ScalingConfig", {}).get("MaximumConcurrency", 5))),
            partial="ReportBatchItemFailures" in event.get("FunctionResponseTypes", []),
            prefix=_prefix(told[name][0]),
            events=[one["Event"] for one in told[name]],
        )
        for name, (function, event) in taken.items()
    }


def _named(reference: Mapping[str, Any]) -> str:
    """The logical name in ``!GetAtt Name.Arn``."""
    name, attribute = reference["Fn::GetAtt"]
    assert attribute == "Arn"
    return str(name)


def _prefix(configuration: Mapping[str, Any]) -> str:
    """The prefix of the keys that a notification is for."""
    rules = configuration["Filter"]["S3Key"]["Rules"]
    (prefix,) = (rule["Value"] for rule in rules if rule["Name"] == "prefix")
    return str(prefix)
