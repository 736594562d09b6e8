"""What CloudFormation makes of the template's expressions, with the names that things have in these tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .gateway import REGION

ACCOUNT: Final = "123456789012"
NAME: Final = "machtin-e2e"
PSEUDO: Final = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::StackName": NAME,
    "AWS::URLSuffix": "amazonaws.com",
}
# What a property that is set to AWS::NoValue has: it is left out.
ABSENT: Final = object()


@dataclass
class Stack:
    """A template, the parameters it is deployed with, and what stands for its resources.

    ``resources``: what Ref gives of a logical name, or, as ``Name.Attribute``, what GetAtt gives. What is not named
    there gets a name made of the stack's.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    resources: dict[str, str] = field(default_factory=dict)

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of a type that are deployed, by logical name, expressions unresolved."""
        return {
            name: one.get("Properties", {})
            for name, one in self.template["Resources"].items()
            if one["Type"] == kind and ("Condition" not in one or self.holds(one["Condition"]))
        }

    def resolved(self, value: Any) -> Any:
        """A value with its expressions evaluated. Raises KeyError for what the template doesn't have."""
        if isinstance(value, list):
            return [one for one in map(self.resolved, value) if one is not ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        pairs = ((name, self.resolved(one)) for name, one in value.items())
        return {name: one for name, one in pairs if one is not ABSENT}

    def _function(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "Ref", str():
                return self._reference(argument)
            case "GetAtt", [resource, attribute]:
                return self._attribute(resource, attribute)
            case "Sub", str():
                return self._substituted(argument, {})
            case "Sub", [str() as text, dict() as more]:
                return self._substituted(text, more)
            case "If", [condition, then, otherwise]:
                return self.resolved(then if self.holds(condition) else otherwise)
            case "Join", [between, parts]:
                return between.join(self.resolved(parts))
            case "Select", [number, values]:
                return self.resolved(values)[int(number)]
            case "Split", [between, text]:
                return self.resolved(text).split(between)
            case "FindInMap", [table, first, second]:
                return self.template["Mappings"][table][self.resolved(first)][self.resolved(second)]
        raise KeyError(f"{name} {argument}")

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return ABSENT
        if name in PSEUDO:
            return PSEUDO[name]
        parameter = self.template.get("Parameters", {}).get(name)
        if parameter is not None:
            given = self.parameters.get(name, parameter.get("Default", ""))
            return str(given).split(",") if parameter["Type"] == "CommaDelimitedList" else given
        return self.resources.get(name, f"{NAME}-{self._there(name)}")

    def _attribute(self, resource: str, attribute: str) -> str:
        known = f"{self._there(resource)}.{attribute}"
        return self.resources.get(known, f"arn:aws:e2e:{REGION}:{ACCOUNT}:{known}")

    def _there(self, name: str) -> str:
        # SAM makes resources of its own of a function's: its role, its version, its alias.
        if not any(name == one or name.startswith(one) for one in self.template["Resources"]):
            raise KeyError(f"the template has no {name}")
        return name

    def _substituted(self, text: str, more: Mapping[str, Any]) -> str:
        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in more:
                return str(self.resolved(more[name]))
            resource, dot, attribute = name.partition(".")
            return str(self._attribute(resource, attribute) if dot else self._reference(name))

        return re.sub(r"\$\{([\w:.]+)\}", value, text).replace("${!", "${")

    def holds(self, condition: Any) -> bool:
        """Whether a condition, named or written out, is true."""
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((name, argument),) = condition.items()
        match name:
            case "Condition":
                return self.holds(argument)
            case "Fn::Equals":
                one, other = map(self.resolved, argument)
                return bool(str(one) == str(other))
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::And":
                return all(map(self.holds, argument))
            case "Fn::Or":
                return any(map(self.holds, argument))
        raise KeyError(name)
