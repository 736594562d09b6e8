"""What is told of a deployment: a section for each alarm, outputs that are there, costs that a script reckons."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from machtin.cli import cli

ROOT: Final = Path(__file__).parent.parent.parent
RUNBOOK: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEPLOYING: Final = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
Template = dict[str, Any]


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    """Every alarm by the name that its message has behind the stack's."""
    found = [one for one in template["Resources"].items() if one[1]["Type"] == "AWS::CloudWatch::Alarm"]
    named = {name.removesuffix("Alarm"): resource["Properties"] for name, resource in found}
    assert all(one["AlarmName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"} for name, one in named.items())
    return named


def test_every_alarm_has_a_section_that_says_what_to_type_and_no_section_is_left_over(template: Template) -> None:
    sections = re.split(r"^## ", RUNBOOK.partition("\n# By hand")[0], flags=re.MULTILINE)[1:]
    told = {section.split("\n", 1)[0]: section for section in sections}
    assert list(told) == list(alarms(template))
    for name, section in told.items():
        assert re.search(r"^\*.+\*", section, re.MULTILINE), f"{name}: says what it means"
        assert re.search(r"aws |logs |editor |curl ", section), f"{name}: says what to type"


def test_every_alarm_tells_somebody_and_says_what_it_is(template: Template) -> None:
    for name, alarm in alarms(template).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name
        assert len(alarm["AlarmDescription"]) > 20, name


def test_every_dead_letter_queue_has_an_alarm(template: Template) -> None:
    queues = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::SQS::Queue"}
    dead = {name for name in queues if name.endswith("DeadLetters")}
    redriven = [template["Resources"][name]["Properties"]["RedrivePolicy"] for name in queues - dead]
    assert {one["deadLetterTargetArn"]["Fn::GetAtt"][0] for one in redriven} == dead
    for name in dead:
        (dimension,) = alarms(template)[name]["Dimensions"]
        assert dimension["Value"] == {"Fn::GetAtt": [name, "QueueName"]}


def test_feeds_that_are_polled_as_seldom_as_may_be_can_still_raise_their_alarm(template: Template) -> None:
    alarm, seldom = alarms(template)["FeedsFailed"], template["Parameters"]["FeedMinutes"]["MaxValue"]
    assert alarm["Period"] * alarm["EvaluationPeriods"] >= alarm["Threshold"] * seldom * 60


def test_metrics_that_alarms_watch_are_written(template: Template) -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "functions").glob("*.py"))
    ours = [alarm for alarm in alarms(template).values() if alarm.get("Namespace") == "machtin"]
    assert ours
    assert [alarm for alarm in ours if f'add_metric("{alarm["MetricName"]}"' not in written] == []


def test_what_is_typed_names_outputs_that_are_there(template: Template) -> None:
    named = set(re.findall(r"[(`]out (\w+)", RUNBOOK + DEPLOYING))
    assert named <= template["Outputs"].keys()


def test_functions_and_parameters_that_are_named_are_there(template: Template) -> None:
    functions = set(re.findall(r"(?<!aws )\blogs ([a-z]+) ", RUNBOOK)) | set(re.findall(r"\$STACK-([a-z]+)\"", RUNBOOK))
    assert functions <= {"reader", "editor", "ingest", "inbox", "feeds", "reindex"}
    known = template["Parameters"].keys() | template["Mappings"]["Sizes"]["small"].keys()
    assert set(re.findall(r"`([A-Z]\w+)=", RUNBOOK + DEPLOYING)) <= known


def test_values_of_parameters_are_written_in_the_way_that_sam_takes_whole(template: Template) -> None:
    given = re.findall(r"`([A-Z]\w+)=([^`]*)`", RUNBOOK + DEPLOYING)
    assert {"Feeds", "Size"} <= {name for name, _ in given}
    assert [name for name, value in given if " " in value and name in template["Parameters"]] == []


def test_commands_that_invoke_a_function_have_what_the_aws_cli_wants(template: Template) -> None:
    told = "\n".join([RUNBOOK, *(one["Description"] for one in template["Outputs"].values())])
    commands = re.findall(r"aws lambda invoke [^}]+\}' \S+", told)
    assert len(commands) == told.count("aws lambda invoke") >= 3
    for command in commands:
        assert "--cli-binary-format raw-in-base64-out" in command
        assert "/dev/stdout" in command


def test_the_readme_names_every_command() -> None:
    (line,) = re.findall(r"machtin --help`: (.+?) \|", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert line.split(", ") == list(cli.commands)


def test_the_costs_are_what_the_script_reckons() -> None:
    script = [sys.executable, str(ROOT / "scripts" / "monthly_cost.py")]
    assert subprocess.run(script, capture_output=True, text=True, check=True).stdout in DEPLOYING
