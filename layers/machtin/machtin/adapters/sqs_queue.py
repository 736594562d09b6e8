"""An SQS queue that a function sends messages to."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any, Final

from machtin.errors import StoreUnavailable

CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0
ATTEMPTS: Final = 3

log = logging.getLogger(__name__)


class SqsQueue:
    """A queue by its address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, body: str) -> None:
        """Put one message into the queue. Raises StoreUnavailable where SQS does not take it."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.send_message(QueueUrl=self.url, MessageBody=body)
        except (BotoCoreError, ClientError) as error:
            # SQS's own words name accounts and roles.
            log.warning("SQS did not take a message for %s: %s", self.url, error)
            raise StoreUnavailable(f"the queue did not take a message: {type(error).__name__}") from error

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        retries = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
        return boto3.client(
            "sqs", config=Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
        )
