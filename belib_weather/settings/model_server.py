"""The server of a language model, by the variables that its clients share."""

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from belib_weather.checkout import env_file
from belib_weather.settings.errors import SettingsError
from belib_weather.settings.values import HttpUrl


class ModelServer(BaseSettings):
    """The server of a language model, by the variables that its clients share."""

    model_config = SettingsConfigDict(
        env_prefix="OPENAI_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    api_key: SecretStr | None = None
    base_url: HttpUrl = SecretStr("https://api.openai.com/v1")


def load_model_server() -> ModelServer:
    """Read OPENAI_API_KEY and OPENAI_BASE_URL from the environment and `.env`.

    Raises:
        SettingsError: one of them is wrong.
    """
    try:
        return ModelServer(_env_file=env_file())
    except ValidationError as error:
        lines = [f"OPENAI_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None
