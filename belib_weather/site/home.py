"""The home page: where to charge, now and later."""

from belib_weather.panels.i18n import STATION_STATUS_NAMES
from belib_weather.site import paths
from belib_weather.site.folder import File
from belib_weather.site.shell import Shell


def home(shell: Shell) -> File:
    """The home page in the language of the shell."""
    t = shell.t
    ordered = shell.data.states.sort("arrondissement", "address", "station_id", nulls_last=True)
    stations = [
        {
            **row,
            "path": paths.station(row["station_id"]),
            "status": STATION_STATUS_NAMES[row["station_status"]].in_(shell.language),
        }
        for row in ordered.iter_rows(named=True)
    ]
    return shell.page(
        "home.html.j2",
        paths.HOME,
        title=t.gettext("Charge points in Paris, now and tomorrow"),
        description=t.gettext("Where a Belib charge point is free in Paris, station by station."),
        stations=stations,
    )
