"""Who may ask: the Dagster UI, and questions in words."""

from pydantic import Field, SecretStr

from belib_weather.settings.group import Group
from belib_weather.settings.values import HostNames


class AccessSettings(Group):
    """Who may ask: the Dagster UI, and questions in words."""

    webserver_allowed_hosts: HostNames | None = Field(
        None,
        description="Host names that the Dagster UI answers to, beside localhost; commas between.",
        examples=["belib.example.org"],
    )
    webserver_report_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Token that lets other programs report events of external assets.",
        examples=["0123456789abcdef0123456789abcdef"],
    )
    openai_model: str = Field(
        "gpt-5-mini",
        min_length=1,
        description="Model that `ask` uses, of the server at OPENAI_BASE_URL; OPENAI_API_KEY is its"
        " key.",
    )
    mcp_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Token of `mcp --http`; unset, one is made and kept beside the stores.",
        examples=["0123456789abcdef0123456789abcdef"],
    )
