"""The fixtures of the stores' own tests, for what breaks in them."""

from belib_weather_tests.stores.search.conftest import prefix, reader  # noqa: F401
from belib_weather_tests.stores.warehouse.conftest import make_facts  # noqa: F401
