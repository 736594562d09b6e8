"""Re-indexes on AWS are carried out by a state machine, which calls the re-index function piece by piece."""

from __future__ import annotations

import json
import logging
import uuid

from machtin.errors import RunnerUnavailable
from machtin.reindex_record import ReindexRecord

CONNECT_SECONDS = 2.0
READ_SECONDS = 3.0
ATTEMPTS = 2

log = logging.getLogger(__name__)


class StateMachine:
    """Implements reindex_record.ReindexRunner.

    Each start is an execution of its own. Two for one re-index do no harm: a piece of work that both have done is
    saved once.
    """

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, record: ReindexRecord) -> None:
        """Raises RunnerUnavailable when Step Functions does not take it."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        # An editor waits for it, and for S3 before; the gateway waits no longer than 30 s for both.
        retries = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
        config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
        try:
            boto3.client("stepfunctions", config=config).start_execution(
                stateMachineArn=self._arn,
                name=f"{record.id}-{record.step}-{uuid.uuid4().hex[:8]}",
                input=json.dumps({"reindex_id": record.id}),
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("re-index %s can't be started: %s", record.id, error)
            raise RunnerUnavailable("the state machine that carries out re-indexes can't be started") from error
