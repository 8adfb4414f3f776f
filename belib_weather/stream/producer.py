"""The producer: the outbox's changes onto Kafka, each once for whoever reads committed data.

A transaction holds a batch of changes and the progress record, so after a kill between any two
steps both are there or neither. Where the outbox is not the one that the progress was made from (a
restored database), the topics decide: ids that they hold are not sent again.

What belongs here: transactions, topics and reading progress back. What does not: what a message is
(`messages`). Source: Kafka's documentation on transactions, KIP-98.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import polars as pl
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from belib_weather.datasets.network import StationState
from belib_weather.stream.errors import StreamError, StreamUnavailable
from belib_weather.stream.messages import (
    POINT_CHANGES,
    PROGRESS,
    STATION_CORRECTIONS,
    STATION_STATES,
    Record,
    messages,
    present,
)
from belib_weather.stream.progress import KEY, Progress

Read = Callable[[int, int], pl.DataFrame]
"""Gives the changes after a position, at most so many, in order: `StatusChange` rows."""
Unchanged = Callable[[], pl.DataFrame]
"""Gives the stations that no change of the outbox is of: `StationState` rows."""

BATCH = 5_000
PARTITIONS = 6
KEPT_DAYS = 30
_SECONDS = 20.0
_MILLISECONDS = 20_000
_DAY_MILLISECONDS = 86_400_000
_LOG = logging.getLogger(__name__)
_AWAY = frozenset(
    {
        KafkaError._TRANSPORT,
        KafkaError._TIMED_OUT,
        KafkaError._TIMED_OUT_QUEUE,
        KafkaError._MSG_TIMED_OUT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._RESOLVE,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.REQUEST_TIMED_OUT,
    }
)
"""Codes of a broker that is away or busy; names with `_` are public codes of librdkafka itself."""
_DELETED = {"cleanup.policy": "delete", "retention.ms": str(KEPT_DAYS * _DAY_MILLISECONDS)}
_COMPACTED = {"cleanup.policy": "compact"}
_TOPICS: dict[str, tuple[int, dict[str, str]]] = {
    POINT_CHANGES: (PARTITIONS, _DELETED),
    STATION_CORRECTIONS: (PARTITIONS, _DELETED),
    STATION_STATES: (PARTITIONS, _COMPACTED),
    PROGRESS: (1, _COMPACTED),
}


@dataclass(frozen=True)
class Sent:
    """What a call sent.

    Attributes:
        changes: how many.
        position: of the outbox, up to which all is sent.
        is_resumed: False where the topics were read, since the outbox is another one.
    """

    changes: int
    position: int
    is_resumed: bool


class Stream:
    """Kafka's topics of one prefix; a context manager.

    Args:
        servers: `host:port`, commas between.
        prefix: before the names of the topics.
        options: of librdkafka, such as SASL and TLS.

    Raises:
        StreamUnavailable: no broker answers.
        StreamError: an option is wrong, or the broker refuses.
    """

    def __init__(self, servers: str, prefix: str, options: Mapping[str, str]) -> None:
        self._servers, self._prefix = servers, prefix
        self._shared: dict[str, Any] = {
            **options,
            "bootstrap.servers": servers,
            "client.id": "belib-weather",
            "socket.timeout.ms": _MILLISECONDS,
            "error_cb": lambda _: None,  # librdkafka tries again; what matters is raised below
            "logger": _LOG,
        }
        with self._as_stream_errors("connect"):
            self._admin = AdminClient(self._shared)
            self._prepare_topics()
            self._producer = Producer(
                self._shared
                | {
                    "transactional.id": f"{prefix}outbox",
                    "enable.idempotence": True,
                    "transaction.timeout.ms": 60_000,
                    "compression.type": "zstd",
                    "linger.ms": 50,
                }
            )
            # Ends what an earlier producer left open, and shuts out one that lives on elsewhere.
            self._producer.init_transactions(_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._producer.purge()

    def publish(
        self, read: Read, batch: int = BATCH, unchanged: Unchanged = StationState.create_empty
    ) -> Sent:
        """Send all changes of the outbox that were not sent yet, in its order.

        The first time, the stations that did not change come before them, as they are: a new
        consumer of the compacted topic then has every station.

        Raises:
            StreamUnavailable: no broker answers; the next call goes on where this one ended.
            StreamError: the broker refuses.
        """
        progress = self.progress()
        is_resumed = progress is None or _is_of(progress, read)
        if is_resumed:
            position, sent_before = progress.position if progress else 0, None
        else:
            position, sent_before = 0, self._sent()
        first = [] if progress and progress.has_present else present(unchanged())
        count = 0
        while True:
            changes = read(position, batch)
            if changes.is_empty():
                return Sent(count, position, is_resumed)
            due = [*first, *messages(changes)]
            last, first = due[-1], []
            if sent_before is not None:
                due = sent_before.missing(due)
            self._send(due, Progress(last.position, last.change_id, has_present=True))
            count, position = count + len(due), last.position

    def progress(self) -> Progress | None:
        """The last change that was sent; None before the first."""
        found = None
        for key, value in self._committed(PROGRESS):
            if key == KEY and value is not None:
                found = Progress.decoded(value)
        return found

    def _send(self, due: list[Record], progress: Progress) -> None:
        with self._as_stream_errors("send"):
            self._producer.begin_transaction()
            try:
                for message in due:
                    self._produce(message.topic, message.key.encode(), message.value)
                self._produce(PROGRESS, KEY, progress.encoded())
                self._producer.commit_transaction(_SECONDS)
            except KafkaException:
                self._abort()
                raise

    def _produce(self, topic: str, key: bytes, value: bytes) -> None:
        name = self._prefix + topic
        try:
            self._producer.produce(name, value=value, key=key)
        except BufferError:
            self._producer.flush(_SECONDS)
            self._producer.produce(name, value=value, key=key)
        self._producer.poll(0)

    def _abort(self) -> None:
        with suppress(KafkaException):
            # Otherwise the next producer of this id ends it; nobody reads it until then.
            self._producer.abort_transaction(_SECONDS)

    def _sent(self) -> "_SentMessages":
        points = _identities(self._committed(POINT_CHANGES))
        stations = _identities(self._committed(STATION_STATES))
        corrected = _identities(self._committed(STATION_CORRECTIONS))
        ids = {change for _, change, _ in (*points, *stations, *corrected)}
        return _SentMessages(ids, {key: instant for key, _, instant in stations})

    def _committed(self, topic: str) -> Iterator[tuple[bytes | None, bytes | None]]:
        """Keys and values of all committed records of a topic, partition by partition."""
        with self._as_stream_errors("read"):
            consumer = Consumer(
                self._shared
                | {
                    "group.id": f"{self._prefix}none",
                    "enable.auto.commit": False,
                    "isolation.level": "read_committed",
                    "enable.partition.eof": True,
                }
            )
            try:
                yield from self._read_to_the_end(consumer, self._prefix + topic)
            finally:
                consumer.close()

    @staticmethod
    def _read_to_the_end(
        consumer: Consumer, topic: str
    ) -> Iterator[tuple[bytes | None, bytes | None]]:
        known = consumer.list_topics(topic, _SECONDS).topics[topic]
        if known.error is not None:
            raise KafkaException(known.error)
        left = set(known.partitions)
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in left])
        while left:
            record = consumer.poll(_SECONDS)
            if record is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
            error = record.error()
            if error is None:
                yield record.key(), record.value()
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard(record.partition())
            else:
                raise KafkaException(error)

    def _prepare_topics(self) -> None:
        """Create the topics that are missing; those that are there are left as they are."""
        there = self._admin.list_topics(timeout=_SECONDS).topics
        missing = [
            NewTopic(self._prefix + name, num_partitions=partitions, config=config)
            for name, (partitions, config) in _TOPICS.items()
            if self._prefix + name not in there
        ]
        for creation in self._admin.create_topics(missing).values() if missing else ():
            try:
                creation.result(_SECONDS)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise

    @contextmanager
    def _as_stream_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except KafkaException as error:
            cause: KafkaError = error.args[0]
            text = f"Kafka at {self._servers} cannot {what}: {cause.str()}"
            if cause.code() in _AWAY:
                raise StreamUnavailable(
                    f"{text}; what was not sent is sent when it answers again"
                ) from error
            raise StreamError(
                f"{text}; see BELIB_KAFKA_BOOTSTRAP_SERVERS and BELIB_KAFKA_OPTIONS"
            ) from error


@dataclass(frozen=True)
class _SentMessages:
    """What the topics hold.

    Attributes:
        ids: of the changes in them.
        newest: of each station, the instant of its newest message: older ones may be compacted
            away, and sent again they would hide it.
    """

    ids: set[str]
    newest: dict[str, str]

    def missing(self, due: list[Record]) -> list[Record]:
        """Those that were not sent; of a station none that is older than its newest."""
        return [
            message
            for message in due
            if message.change_id not in self.ids
            and not (
                message.topic == STATION_STATES
                and message.instant <= self.newest.get(message.key, "")
            )
        ]


def _is_of(progress: Progress, read: Read) -> bool:
    """Whether the outbox still has the change that was sent from this position."""
    row = read(progress.position - 1, 1)
    return not row.is_empty() and row.row(0, named=True)["change_id"] == progress.change_id


def _identities(records: Iterator[tuple[bytes | None, bytes | None]]) -> list[tuple[str, str, str]]:
    """Key, id and instant of each message, in order within a key."""
    values = [(key, value) for key, value in records if key is not None and value is not None]
    if not values:
        return []
    texts = pl.Series([value.decode() for _, value in values])
    ids, instants = (texts.str.json_path_match(path) for path in ("$.change_id", "$.instant"))
    return [
        (key.decode(), change, instant)
        for (key, _), change, instant in zip(values, ids, instants, strict=True)
    ]
