"""The page of a station."""

from belib_weather.panels.i18n import STATION_STATUS_NAMES
from belib_weather.site import paths
from belib_weather.site.folder import File
from belib_weather.site.shell import Shell


def station_pages(shell: Shell) -> list[File]:
    """The page of every station, in the language of the shell."""
    return [
        shell.page(
            "station.html.j2",
            paths.station(state["station_id"]),
            title=state["address"] or state["station_name"] or state["station_id"],
            description=shell.t.gettext("Free points now, and the usual hour by hour."),
            state=state,
            status=STATION_STATUS_NAMES[state["station_status"]].in_(shell.language),
        )
        for state in shell.data.states.iter_rows(named=True)
    ]
