"""Who gets which messages: a monitor, people at a webhook, Kafka."""

from pathlib import Path

from pydantic import Field, SecretStr

from belib_weather.settings.group import Group
from belib_weather.settings.values import HttpUrl, KafkaOptions, KafkaServers


class MessageSettings(Group):
    """Who gets which messages: a monitor, people at a webhook, Kafka."""

    metrics_folder: Path | None = Field(
        None,
        description="Folder of the numbers for a monitor (belib.prom); unset, beside the stores.",
        examples=["/var/lib/node_exporter/textfile_collector"],
    )
    webhook_url: HttpUrl | None = Field(
        None,
        description="Where failed checks and stale data are sent, as ntfy takes messages.",
        examples=["https://ntfy.example.org/belib-1f2e3d4c"],
    )
    alerts_file: Path | None = Field(
        None,
        description="YAML of who gets which changes at stations (docs/open-data.md).",
        examples=["/srv/belib/alerts.yaml"],
    )
    alerts_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Signs these messages (Standard Webhooks); unset, they are not signed.",
        examples=["a-long-random-text"],
    )
    kafka_bootstrap_servers: KafkaServers | None = Field(
        None,
        description="Brokers of Kafka that get every change of status; unset, none.",
        examples=["localhost:9092"],
    )
    kafka_topic_prefix: str = Field(
        "belib.", pattern=r"^[a-zA-Z0-9._-]{1,100}$", description="Begins the names of the topics."
    )
    kafka_options: KafkaOptions | None = Field(
        None,
        description="librdkafka's options as a JSON object, for SASL and TLS.",
        examples=['{"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"}'],
    )
