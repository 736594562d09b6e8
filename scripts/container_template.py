"""Writes a template in which the functions that embed texts are container images: for a model too large for a layer.

    .venv/bin/python scripts/container_template.py > build/template-container.json
    sam build --template build/template-container.json && sam deploy --guided --resolve-image-repos

The model lies in build/model: no other folder below build is let through to Docker. The other functions stay as they
are. What an image can't have (layers, a runtime's name, SnapStart) is taken out.
"""

from __future__ import annotations

import json
from typing import Any, Final

import yaml

from lambda_parts import FUNCTIONS, ROOT

# Inbox and feeds embed nothing: they store articles without a model.
IMAGES: Final = tuple(name for name in FUNCTIONS if name not in ("InboxFunction", "FeedsFunction"))
# Globals would give these to images too.
ZIPPED_ALONE: Final = ("CodeUri", "Runtime", "Layers")
MODEL: Final = "build/model"
MODELS: Final = "/opt/model:/var/task/machtin/model"


# Reads CloudFormation's short forms (!Ref, !Sub …) as their long forms.
TemplateLoader: Any = type("TemplateLoader", (yaml.SafeLoader,), {})


def _long_form(loader: Any, name: str, node: Any) -> dict[str, Any]:
    key = name if name in ("Ref", "Condition") else f"Fn::{name}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if name == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {key: value}


TemplateLoader.add_multi_constructor("!", _long_form)


def with_images(template: dict[str, Any], model: str, root: str) -> dict[str, Any]:
    """The template with images; ``model`` is the model's folder below the repository, ``root`` leads there."""
    shared = template["Globals"]["Function"]
    common = {name: shared.pop(name) for name in ZIPPED_ALONE}
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        if name in IMAGES:
            properties["ImageConfig"] = {"Command": [properties.pop("Handler")]}
            properties["PackageType"] = "Image"
            # A function can't become an image under its name: CloudFormation would refuse an existing stack.
            properties["FunctionName"]["Fn::Sub"] += "-image"
            properties.pop("SnapStart", None)
            properties.pop("Layers", None)
            checked = {key: value for key, value in resource.get("Metadata", {}).items() if key == "checkov"}
            resource["Metadata"] = {
                **checked,
                "Dockerfile": "functions/Dockerfile",
                "DockerContext": root,
                "DockerTag": name.lower(),
                "DockerBuildArgs": {"MODEL": model},
            }
        else:
            properties["Layers"] = [*common["Layers"], *properties.get("Layers", [])]
            properties["CodeUri"] = f"{root}/{common['CodeUri']}"
            properties["Runtime"] = common["Runtime"]
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for key in ("ContentUri", "DefinitionUri"):
            if isinstance(properties.get(key), str):
                properties[key] = f"{root}/{properties[key]}"
    template["Parameters"]["Models"]["Default"] = MODELS
    del template["Parameters"]["SnapStart"], template["Conditions"]["UseSnapStart"]
    return template


def main() -> None:
    """Print the template."""
    template = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), TemplateLoader)
    print(json.dumps(with_images(template, MODEL, ".."), indent=1, default=str))


if __name__ == "__main__":
    main()
