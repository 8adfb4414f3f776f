"""A group of settings: fields of one subject, which `Settings` is put together from."""

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """Fields only; nothing is built before `Settings`, which all groups are part of."""

    model_config = ConfigDict(defer_build=True)
