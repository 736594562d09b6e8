"""template.yaml against what it deploys: routes, events, environment, queues, logs and parameters."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import editor_api
import reader_api
from machtin.web_files import web_file

ROOT: Final = Path(__file__).parent.parent.parent
SAMPLES: Final = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "events").glob("*.json")}
Template = dict[str, Any]
# Set where machtin runs for itself, never in a deployment.
LAPTOP_ONLY: Final = {
    "MACHTIN_DATA": "Lambda keeps nothing in a folder",
    "MACHTIN_PORT": "the gateway listens",
    "MACHTIN_GOLDEN": "the golden queries lie in the bucket",
    "MACHTIN_OPENSEARCH_USER": "requests are signed with the function's role",
    "MACHTIN_OPENSEARCH_PASSWORD": "the same",
    "MACHTIN_INGEST_QUEUE": "the doctor asks after it; the ingest function is handed its messages",
}


def of_type(template: Template, kind: str) -> dict[str, Any]:
    """The properties of each resource of a type."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == f"AWS::{kind}"
    }


def events(template: Template, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Function, name and properties of each event source of a type."""
    for function, properties in of_type(template, "Serverless::Function").items():
        for name, event in properties.get("Events", {}).items():
            if event["Type"] == kind:
                yield function, name, event["Properties"]


def routes(template: Template, function: str) -> dict[str, dict[str, Any]]:
    """The properties of a function's HTTP events, by method and path."""
    return {
        f"{event['Method']} {event['Path']}": event
        for owner, _, event in events(template, "HttpApi")
        if owner == function
    }


def served(app: Any) -> set[str]:
    """The routes that a handler knows, as the gateway writes them."""
    return {
        f"{route.method} {route.path.replace('<', '{').replace('>', '}')}"
        for route in app._static_routes + app._dynamic_routes
    }


class TestRoutes:
    def test_the_gateway_has_the_routes_of_the_handlers(self, template: Template) -> None:
        assert set(routes(template, "ReaderFunction")) == served(reader_api.app)
        assert set(routes(template, "EditorFunction")) == served(editor_api.app)

    def test_every_described_route_is_there(self, template: Template) -> None:
        paths = json.loads(web_file("openapi.json").body)["paths"]
        described = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
        assert described <= routes(template, "ReaderFunction").keys() | routes(template, "EditorFunction").keys()

    def test_editors_routes_want_a_signature_and_readers_routes_none(self, template: Template) -> None:
        assert template["Resources"]["Api"]["Properties"]["Auth"] == {"EnableIamAuthorizer": True}
        assert all(route["Auth"] == {"Authorizer": "AWS_IAM"} for route in routes(template, "EditorFunction").values())
        assert not [route for route in routes(template, "ReaderFunction").values() if "Auth" in route]

    def test_a_policy_for_editors_opens_each_of_their_routes_and_no_other(self, template: Template) -> None:
        (statement,) = template["Resources"]["EditorPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        patterns = [one["Fn::Sub"].partition("/$default/")[2] for one in statement["Resource"]]
        assert all(patterns)
        for name in routes(template, "EditorFunction"):
            asked = re.sub(r"\{\w+\}", "some-id", name.replace(" ", ""))
            assert [one for one in patterns if re.fullmatch(re.escape(one).replace(r"\*", ".*"), asked)], name
        for pattern in patterns:
            opened = re.compile(re.escape(pattern).replace(r"\*", ".*"))
            assert [one for one in routes(template, "EditorFunction") if opened.match(one.replace(" ", ""))], pattern

    def test_no_function_is_waited_for_longer_than_the_gateway_waits(self, template: Template) -> None:
        for name in ("ReaderFunction", "EditorFunction"):
            assert template["Resources"][name]["Properties"]["Timeout"] < 30


class TestSamples:
    """Each event source has a sample event; that a test uses each of them is held in test_events.py."""

    def test_every_route_has_one(self, template: Template) -> None:
        sent = [
            (f"{http['method']} {http['path']}", "authorizer" in sample["requestContext"])
            for sample in SAMPLES.values()
            if (http := sample.get("requestContext", {}).get("http"))
        ]
        for function, _, event in events(template, "HttpApi"):
            path = re.sub(r"\{\w+\}", "[^/]+", event["Path"])
            fitting = {signed for asked, signed in sent if re.fullmatch(f"{event['Method']} {path}", asked)}
            assert (function == "EditorFunction") in fitting, event["Path"]

    def test_every_schedule_has_one(self, template: Template) -> None:
        for _, name, event in events(template, "ScheduleV2"):
            assert json.loads(event["Input"]) in SAMPLES.values(), name

    def test_every_queue_has_one(self, template: Template) -> None:
        bucket = template["Resources"]["ArticlesBucket"]["Properties"]
        told = {
            one["Queue"]["Fn::GetAtt"][0]: one["Filter"]["S3Key"]["Rules"]
            for one in bucket["NotificationConfiguration"]["QueueConfigurations"]
        }
        keys = {
            told_of["s3"]["object"]["key"]
            for sample in SAMPLES.values()
            for record in sample.get("Records", [])
            if record["body"].startswith("{")
            for told_of in json.loads(record["body"]).get("Records", [])
        }
        for _, name, event in events(template, "SQS"):
            (rule,) = told[event["Queue"]["Fn::GetAtt"][0]]
            assert rule["Name"] == "prefix"
            assert [key for key in keys if key.startswith(rule["Value"])], name

    def test_every_task_of_the_state_machine_has_one(self, template: Template) -> None:
        states = template["Resources"]["ReindexStateMachine"]["Properties"]["Definition"]["States"]
        inner = [one for state in states.values() for one in state.get("ItemProcessor", {}).get("States", {}).values()]
        tasks = [state for state in [*states.values(), *inner] if state["Type"] == "Task"]
        assert len(tasks) == 4
        for task in tasks:
            sent = {name.removesuffix(".$") for name in task["Parameters"]["Payload"]}
            assert [name for name, sample in SAMPLES.items() if sample.keys() == sent], sent


class TestEnvironment:
    def test_what_is_set_is_read_and_what_is_read_can_be_set(self, template: Template) -> None:
        variables = template["Globals"]["Function"]["Environment"]["Variables"].keys()
        for function in of_type(template, "Serverless::Function").values():
            variables |= function.get("Environment", {}).get("Variables", {}).keys()
        ours = {name for name in variables if name.startswith("MACHTIN_")}
        source = (ROOT / "layers/machtin/machtin/settings.py").read_text(encoding="utf-8")
        strings = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
        read = {text for text in strings if isinstance(text, str) and re.fullmatch(r"MACHTIN_[A-Z_]+", text)}
        assert ours & LAPTOP_ONLY.keys() == set()
        assert ours | LAPTOP_ONLY.keys() == read

    def test_the_handlers_are_there(self, template: Template) -> None:
        for function in of_type(template, "Serverless::Function").values():
            module, _, name = function["Handler"].partition(".")
            source = (ROOT / "functions" / f"{module}.py").read_text(encoding="utf-8")
            assert f"def {name}(event: " in source


class TestQueues:
    def test_messages_stay_hidden_six_times_as_long_as_a_function_may_take(self, template: Template) -> None:
        for function, _, event in events(template, "SQS"):
            queue = template["Resources"][event["Queue"]["Fn::GetAtt"][0]]["Properties"]
            timeout = template["Resources"][function]["Properties"]["Timeout"]
            assert queue["VisibilityTimeout"] >= 6 * timeout

    def test_what_fails_five_times_is_kept_apart(self, template: Template) -> None:
        queues = of_type(template, "SQS::Queue")
        for _, _, event in events(template, "SQS"):
            redrive = queues[event["Queue"]["Fn::GetAtt"][0]]["RedrivePolicy"]
            assert redrive["maxReceiveCount"] == 5
            assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] in queues
        assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())

    def test_messages_fail_alone_and_few_functions_write_at_once(self, template: Template) -> None:
        sizes = template["Mappings"]["Sizes"].values()
        for _, _, event in events(template, "SQS"):
            assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert event["ScalingConfig"]["MaximumConcurrency"]["Fn::FindInMap"][-1] == "IngestConcurrency"
        assert all(2 <= size["IngestConcurrency"] <= 1000 for size in sizes)  # what SQS allows

    def test_a_file_that_breaks_its_function_takes_no_other_along(self, template: Template) -> None:
        (drops,) = [event for function, _, event in events(template, "SQS") if function == "InboxFunction"]
        assert drops["BatchSize"] == 1


def test_the_function_that_writes_to_its_own_queue_is_the_one_that_may_loop(template: Template) -> None:
    functions = of_type(template, "Serverless::Function")
    looping = set()
    for name, _, event in events(template, "SQS"):
        variables = functions[name].get("Environment", {}).get("Variables", {})
        if {"Ref": event["Queue"]["Fn::GetAtt"][0]} in variables.values():
            looping.add(name)
    assert looping == {"InboxFunction"}
    assert {name for name, one in functions.items() if one.get("RecursiveLoop") == "Allow"} == looping


def test_the_cluster_is_made_after_the_leave_to_write_its_log(template: Template) -> None:
    domain = template["Resources"]["SearchDomain"]
    assert domain["DependsOn"] == "SearchDomainLogsPolicy"
    assert domain["Properties"]["LogPublishingOptions"]["ES_APPLICATION_LOGS"]["Enabled"] is True


def test_every_function_has_a_log_that_is_cleared(template: Template) -> None:
    logs = of_type(template, "Logs::LogGroup")
    for name, function in of_type(template, "Serverless::Function").items():
        log = logs[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert log["LogGroupName"]["Fn::Sub"] == f"/aws/lambda/{function['FunctionName']['Fn::Sub']}", name
    assert all(log["RetentionInDays"] == {"Ref": "LogDays"} for log in logs.values())


def test_a_change_of_a_layer_alone_reaches_what_readers_and_editors_ask(template: Template) -> None:
    layers = of_type(template, "Serverless::LayerVersion")
    for name in ("ReaderFunction", "EditorFunction"):
        function = template["Resources"][name]["Properties"]
        assert function["AutoPublishAlias"] == "live"
        assert function["AutoPublishAliasAllProperties"] is True
        for layer in template["Globals"]["Function"]["Layers"] + function.get("Layers", []):
            assert layers[layer["Ref"]]["PublishLambdaVersion"] is True, layer


def test_pages_are_read_by_the_functions_that_take_them_in_and_by_no_other(template: Template) -> None:
    functions = of_type(template, "Serverless::Function")
    extracting = {name for name, one in functions.items() if {"Ref": "ExtractionLayer"} in one.get("Layers", [])}
    assert extracting == {"EditorFunction", "InboxFunction", "FeedsFunction"}


@pytest.mark.parametrize("part", ["Parameters", "Outputs"])
def test_every_parameter_and_output_is_described(template: Template, part: str) -> None:
    assert [name for name, one in template[part].items() if len(one.get("Description", "")) < 10] == []


def test_every_parameter_has_a_default_and_a_use(template: Template) -> None:
    source = (ROOT / "template.yaml").read_text(encoding="utf-8")
    for name, one in template["Parameters"].items():
        assert "Default" in one, name
        assert re.search(rf"!Ref {name}\b|\$\{{{name}\}}", source), name
