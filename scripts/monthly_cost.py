"""What a month on AWS costs, at the sizes and prices of scripts/monthly_cost.toml.

Prints the table of docs/deploying.md. Each line is a formula of its own; prices are inputs, so that whoever budgets
enters those of today and of his region: python scripts/monthly_cost.py [FILE]
"""

from __future__ import annotations

import math
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HOURS: Final = 730
DAYS: Final = 30.4
SECONDS: Final = HOURS * 3600
INPUTS: Final = Path(__file__).with_suffix(".toml")
MILLION: Final = 1e6
KB_IN_GB: Final = 1e6
# Articles in one part of a re-index, as template.yaml has it.
BATCH: Final = 500


@dataclass(frozen=True)
class Month:
    """One newsroom's month: its size, the prices, and the figures that both are multiplied with."""

    size: Mapping[str, Any]
    node: Mapping[str, Any]
    prices: Mapping[str, float]
    figures: Mapping[str, float]

    @property
    def searches(self) -> float:
        """Searches in a month."""
        return float(self.size["searches_a_day"]) * DAYS

    @property
    def requests(self) -> float:
        """All requests in a month: searches, and what is read because of them."""
        return self.searches * (1 + float(self.size["read_shown"]))

    @property
    def changes(self) -> float:
        """Articles that are indexed in a month: new ones, each corrected once, and those of re-indexes."""
        indexed = self.size["articles"] * self.size["reindexes"]
        return float(2 * self.size["new_a_day"] * DAYS + indexed)

    def nodes(self) -> int:
        """Data nodes: as many as index versions need disk for, or graphs need memory for."""
        copies = float(self.size["articles"] * self.node["copies"])
        disk = copies * self.figures["index_kb"] * self.figures["versions"] / self.figures["disk_used"] / KB_IN_GB
        memory = copies * self.figures["vector_bytes"] / self.figures["memory_used"] / 1e9
        needed = max(disk / self.node["disk_gb"], memory / self.node["memory_gb"])
        return max(int(self.node["least"]), math.ceil(float(needed)))

    def cluster(self) -> float:
        """Data nodes with their disks, and dedicated masters where there are any."""
        node = HOURS * self.prices[f"search_{self.size['nodes']}_hour"]
        disk = self.node["disk_gb"] * self.prices["search_disk_gb"]
        masters = HOURS * self.prices["search_master_hour"]
        return float(self.nodes() * (node + disk) + self.node["masters"] * masters)

    def functions(self) -> float:
        """Readers' requests, and articles brought to the index, in gigabyte-seconds and requests."""
        reader = self.requests * self.figures["search_ms"] / 1000 * self.size["reader_gb"]
        writer = self.changes * self.figures["index_ms"] / 1000 * 1.77
        asked = self.requests + self.changes / 10
        spent = (reader + writer) * self.prices["lambda_gb_second"]
        return float(spent + asked / MILLION * self.prices["lambda_million"])

    def snapshots(self) -> float:
        """SnapStart of the reader and the editor function: one version of each kept, restored at cold starts."""
        kept = (self.size["reader_gb"] + 1.77) * SECONDS * self.prices["snapstart_cache_gb_second"]
        starts = self.requests * self.size["cold_starts"] * self.size["reader_gb"]
        return float(kept + starts * self.prices["snapstart_restore_gb"])

    def gateway(self) -> float:
        """Requests, and what is sent to readers."""
        sent = self.searches * self.figures["answer_kb"] + self.requests * self.figures["article_kb"]
        asked = self.requests / MILLION * self.prices["http_api_million"]
        return asked + sent / KB_IN_GB * self.prices["transfer_gb"]

    def bucket(self) -> float:
        """Articles, twice for replaced versions and records. A change is written four times, its record twice."""
        kept = 2 * self.size["articles"] * self.figures["article_kb"] / KB_IN_GB * self.prices["s3_gb"]
        written = 4 * 2 * self.size["new_a_day"] * DAYS / MILLION * self.prices["s3_put_million"]
        read = (self.changes + self.requests) / MILLION * self.prices["s3_get_million"]
        return float(kept + written + read)

    def pipeline(self) -> float:
        """Messages (sent, received, deleted), idle polls, and re-indexes' parts."""
        messages = 3 * 2 * self.size["new_a_day"] * DAYS / MILLION + self.figures["idle_polls_million"]
        parts = self.size["articles"] / BATCH * self.size["reindexes"] / MILLION
        steps = 500 * self.size["reindexes"] / MILLION * self.prices["step_functions_million"]
        return float(
            messages * self.prices["sqs_million"] + parts * self.prices["step_functions_express_million"] + steps
        )

    def watching(self) -> float:
        """Logs, metrics, alarms, and traces of one request in twenty."""
        logs = self.requests * self.figures["log_kb"] / KB_IN_GB * self.prices["logs_gb"]
        traces = self.requests / 20 / MILLION * self.prices["traces_million"]
        kept = self.figures["metrics"] * self.prices["metric"] + self.figures["alarms"] * self.prices["alarm"]
        return logs + traces + kept

    def network(self) -> float:
        """The way to Step Functions, in each zone that the cluster is in."""
        return float(self.node["zones"] * HOURS * self.prices["endpoint_hour"])


PARTS: Final[Mapping[str, Callable[[Month], float]]] = {
    "OpenSearch": Month.cluster,
    "functions (Lambda)": Month.functions,
    "snapshots (SnapStart)": Month.snapshots,
    "requests and answers (HTTP API)": Month.gateway,
    "articles (S3)": Month.bucket,
    "queues, re-index (SQS, Step Functions)": Month.pipeline,
    "logs, metrics, alarms, traces": Month.watching,
    "network endpoint": Month.network,
}


def months(inputs: Mapping[str, Any]) -> list[Month]:
    """One month for each size."""
    return [
        Month(size, inputs["nodes"][size["nodes"]], inputs["prices"], inputs["figures"]) for size in inputs["sizes"]
    ]


def table(inputs: Mapping[str, Any]) -> str:
    """The costs in dollars, as a Markdown table."""
    reckoned = months(inputs)
    rows = [["a month, in dollars", *(str(month.size["name"]) for month in reckoned)]]
    rows.append(["---", *("---:" for _ in reckoned)])
    rows.append(["new articles, searches a day", *(_traffic(month) for month in reckoned)])
    rows.append(["data nodes", *(f"{month.nodes()} × {month.node['memory_gb']} GB" for month in reckoned)])
    rows += [[part, *(f"{cost(month):,.0f}" for month in reckoned)] for part, cost in PARTS.items()]
    totals = [sum(cost(month) for cost in PARTS.values()) for month in reckoned]
    rows.append(["**all**", *(f"**{total:,.0f}**" for total in totals)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _traffic(month: Month) -> str:
    return f"{month.size['new_a_day']:,}, {month.size['searches_a_day']:,}"


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    sys.stdout.write(table(tomllib.loads(given.read_text(encoding="utf-8"))))
