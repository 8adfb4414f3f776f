"""The one error of settings."""


class SettingsError(Exception):
    """A setting is wrong, missing or unheard of; the message names the variable and an example."""
