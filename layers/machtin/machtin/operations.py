"""What editors do to run the house, beside articles and re-indexes."""

from __future__ import annotations

from typing import NamedTuple

from machtin.golden_editing import GoldenEditing
from machtin.ingest_status import IngestStatus
from machtin.refused_mending import RefusedMending


class Operations(NamedTuple):
    """One installation's ingest, its refused input and its golden queries."""

    ingest: IngestStatus
    refused: RefusedMending
    golden: GoldenEditing
