"""The re-index state machine of template.yaml, carried out by moto's interpreter of Amazon's States Language.

Moto's distributed map reads one page of a listing, makes no batches and bears any number of failures; `taught` teaches
it what the template uses of these. States, choices, retries, catches, waits and the map's workers are moto's own. Its
Lambda would need Docker: `tasks_given_to` gives tasks to whoever is named instead.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval.resource_eval_s3 import (
    ResourceEvalS3,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.distributed_iteration_component import (
    DistributedIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

State = dict[str, Any]
# A function by the name that the definition gives it, and its event: its answer. What it raises is its error.
Invoke = Callable[[str, Any], Any]
EXCEEDED: Final = StatesErrorNameType.StatesExceedToleratedFailureThreshold


def definition(template: Mapping[str, Any], substitutions: Mapping[str, str]) -> str:
    """The state machine's definition, with what its DefinitionSubstitutions stand for in a deployment."""
    properties = template["Resources"]["ReindexStateMachine"]["Properties"]
    assert substitutions.keys() == properties["DefinitionSubstitutions"].keys()
    text = json.dumps(properties["Definition"])
    return re.sub(r"\$\{(\w+)\}", lambda found: json.dumps(substitutions[found[1]])[1:-1], text)


@contextmanager
def taught() -> Iterator[None]:
    """While the block lasts, moto's distributed maps read whole listings, make batches and heed their threshold."""
    with pytest.MonkeyPatch.context() as patch:
        teach(patch.setattr)
        yield


def teach(replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """The same for as long as this process lives."""
    parse, map_run = AmazonStateLanguageParser.parse, DistributedIterationComponent._map_run

    def parse_translated(text: str) -> Any:
        return parse(json.dumps(_translated(json.loads(text))))

    def heed_threshold(self: Any, env: Any, eval_input: Any) -> None:
        map_run(self, env, eval_input)
        _refuse_too_many_failures(env, eval_input)

    replace(AmazonStateLanguageParser, "parse", staticmethod(parse_translated))
    replace(DistributedIterationComponent, "_map_run", heed_threshold)
    replace(ResourceEvalS3, "_handle_list_objects_v2", staticmethod(_list_whole))


def _translated(machine: State) -> State:
    """A definition for moto: an ItemBatcher goes along with the parameters of its reader, which moto evaluates."""
    return {**machine, "States": {name: _translated_state(state) for name, state in machine["States"].items()}}


def _translated_state(state: State) -> State:
    if "ItemReader" not in state:
        return state
    state = dict(state)
    batcher, reader = state.pop("ItemBatcher", {}), state["ItemReader"]
    state["ItemReader"] = {**reader, "Parameters": {**reader["Parameters"], "ItemBatcher": batcher}}
    if "ToleratedFailurePercentage" in state:
        # The grammar has no whole number here.
        state["ToleratedFailurePercentage"] = float(state["ToleratedFailurePercentage"])
    if "ResultWriter" in state:
        # Moto writes a manifest alone, whatever form is asked for.
        state["ResultWriter"] = {name: value for name, value in state["ResultWriter"].items() if name != "WriterConfig"}
    # Express executions differ in price, in how long they may last and in what is kept of them.
    state["ItemProcessor"] = {
        **state["ItemProcessor"],
        "ProcessorConfig": {**state["ItemProcessor"]["ProcessorConfig"], "ExecutionType": "STANDARD"},
    }
    return state


def _list_whole(env: Any, resource_runtime_part: Any, state_credentials: Any) -> None:
    """All pages of the listing; where there is a batcher, parted into batches of so many items beside its own input."""
    parameters = env.stack.pop()
    batcher = parameters.pop("ItemBatcher")
    s3 = ResourceEvalS3._get_s3_client(resource_runtime_part, state_credentials)
    pages = s3.get_paginator("list_objects_v2").paginate(**parameters)
    items = [_item(entry) for page in pages for entry in page.get("Contents", [])]
    if not batcher:
        env.stack.append(items)
        return
    size, beside = batcher["MaxItemsPerBatch"], {"BatchInput": batcher["BatchInput"]} if "BatchInput" in batcher else {}
    env.stack.append([{**beside, "Items": items[first : first + size]} for first in range(0, len(items), size)])


def _item(entry: Mapping[str, Any]) -> State:
    """An entry of the listing as JSON has it."""
    return {
        "Etag": entry["ETag"],
        "Key": entry["Key"],
        "LastModified": int(entry["LastModified"].timestamp()),
        "Size": entry["Size"],
        "StorageClass": entry.get("StorageClass", "STANDARD"),
    }


def _refuse_too_many_failures(env: Any, eval_input: Any) -> None:
    counts = eval_input.map_run_record.item_counter
    failed, total = counts.failed.get(), counts.total.get()
    if total and 100 * failed / total > eval_input.tolerated_failure_percentage:
        told: Any = {"error": EXCEEDED.to_name(), "cause": "The specified tolerated failure threshold was exceeded"}
        details: Any = {"mapRunFailedEventDetails": told}
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName(typ=EXCEEDED),
                event_type=HistoryEventType.MapRunFailed,
                event_details=details,
            )
        )


@contextmanager
def tasks_given_to(invoke: Invoke) -> Iterator[None]:
    """While the block lasts, Lambda tasks of state machines in this process are calls of ``invoke``."""
    with pytest.MonkeyPatch.context() as patch:

        def given(region: str, service: str, state_credentials: Any = None) -> Any:
            return _Functions(invoke) if service == "lambda" else boto_client_for(region, service, state_credentials)

        patch.setattr(lambda_eval_utils, "boto_client_for", given)
        yield


class _Functions:
    """What of Lambda's client a task uses."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke

    def invoke(self, *, FunctionName: str, Payload: bytes) -> State:  # noqa: N803
        """The answer of a function; its error where it raises."""
        try:
            answer, failure = self._invoke(FunctionName, json.loads(Payload)), {}
        except Exception as error:  # whatever a function raises is for the state machine to tell
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            failure = {"FunctionError": "Unhandled"}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode()), **failure}
