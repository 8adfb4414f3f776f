"""The resource through which assets show something, without importing what draws it.

Nothing here or above imports the drawers before the first of them draws: the code location loads
and the feed is polled also when a panel is broken.
"""

from belib_weather.assets.presentation import CatalogResource, Drawers


class PlatformCatalog(CatalogResource):
    """The platform's tables, charts and maps."""

    def drawers(self) -> Drawers:
        """Import what draws.

        Raises:
            Exception: whatever its import raises.
        """
        from belib_weather.catalog.drawers import CatalogDrawers  # noqa: PLC0415 - see the module

        return CatalogDrawers()
