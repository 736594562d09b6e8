"""A queue of the deployment with its dead letters, as an operator sees and handles them."""

from __future__ import annotations

import json
from typing import Any, Final

MOST_RECEIVES: Final = 5


class Queue:
    """One SQS queue and its dead-letter queue; ``visibility`` in seconds."""

    def __init__(self, sqs: Any, name: str, visibility: int, receives: int = MOST_RECEIVES) -> None:
        self.sqs = sqs
        self.name = name
        self.dead_url = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        policy = {"deadLetterTargetArn": self._attribute(self.dead_url, "QueueArn"), "maxReceiveCount": receives}
        self.url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)})["QueueUrl"]
        self.arn = self._attribute(self.url, "QueueArn")
        self.visible_after(visibility)

    def visible_after(self, seconds: int) -> None:
        """How long a message that was received and not deleted stays out of sight."""
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": str(seconds)})

    def send(self, body: object) -> None:
        """Put a message into the queue, as S3 does."""
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body))

    def receive(self) -> list[str]:
        """Take all messages that wait; returns their bodies, in the order in which they were sent."""
        return self._taken(self.url)

    def left(self) -> int:
        """Messages that are waiting or under way."""
        return sum(int(self._attribute(self.url, f"ApproximateNumberOfMessages{kind}")) for kind in ("", "NotVisible"))

    def dead(self) -> int:
        """Messages that were given up."""
        return int(self._attribute(self.dead_url, "ApproximateNumberOfMessages"))

    def dead_letters(self) -> list[dict[str, Any]]:
        """What was given up, looked at without taking it away."""
        found = self.sqs.receive_message(
            QueueUrl=self.dead_url, MaxNumberOfMessages=10, AttributeNames=["All"], VisibilityTimeout=0
        )
        return list(found.get("Messages", []))

    def redrive(self) -> int:
        """Move all dead letters back; returns how many.

        What ``aws sqs start-message-move-task`` does, which moto has not.
        """
        bodies = self._taken(self.dead_url)
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)
        return len(bodies)

    def forget_dead_letters(self) -> None:
        """Delete what nothing can mend."""
        self._taken(self.dead_url)

    def _taken(self, url: str) -> list[str]:
        bodies: list[str] = []
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def _attribute(self, url: str, name: str) -> str:
        told = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
        return str(told[name])
