"""Every panel that is declared, by its name."""

from importlib import import_module
from pkgutil import iter_modules

from belib_weather.panels import dashboard_panels
from belib_weather.panels.specification import Panel


def every_panel() -> dict[str, Panel]:
    """The panels of all modules, in their order."""
    modules = (
        import_module(f"{dashboard_panels.__name__}.{found.name}")
        for found in iter_modules(dashboard_panels.__path__)
    )
    declared = (value for module in modules for value in vars(module).values())
    return {panel.name: panel for panel in declared if isinstance(panel, Panel)}
