"""All files of the site, from the frames.

What belongs here: which pages there are. What does not: what one shows (a module per page).
"""

from belib_weather.panels.i18n import LANGUAGES
from belib_weather.site import paths
from belib_weather.site.area_views import area_views
from belib_weather.site.arrondissement import area_pages
from belib_weather.site.chances import chances_of
from belib_weather.site.city_map import city_map
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File
from belib_weather.site.forecast_quality import forecast_quality
from belib_weather.site.forecast_texts import ForecastTexts
from belib_weather.site.home import home
from belib_weather.site.home_files import home_files
from belib_weather.site.method import method_page
from belib_weather.site.preview import preview
from belib_weather.site.shell import Shell, static_files
from belib_weather.site.station import station_pages
from belib_weather.site.station_files import station_files
from belib_weather.site.station_views import hours_to_come, station_views


def files_of(data: SiteData, url: str = "") -> list[File]:
    """Every file of the site; what pages need comes first.

    Args:
        data: what the pages are made from.
        url: public address of the site without a slash at its end; empty where it is not known.
    """
    files = list(static_files().values())
    chances = chances_of(data.profile, data.forecasts, data.now)
    drawn = city_map(data.outlines, data.states)
    files += home_files(data, chances)
    stations, areas, hours = station_views(data), area_views(data), hours_to_come(data)
    files += station_files(data, stations)
    quality = forecast_quality(data.scores)
    for language in LANGUAGES:
        shell = Shell(data, language, url)
        forecasts = ForecastTexts(quality, language, serves_blend=data.serves_blend)
        files += station_pages(shell, stations, hours, forecasts)
        files += area_pages(shell, areas)
        files += [method_page(shell, forecasts), home(shell, chances, drawn), _not_found(shell)]
        if drawn is not None:
            files.append(preview(data, drawn, language))
    return files


def _not_found(shell: Shell) -> File:
    t = shell.t
    return shell.page(
        "not_found.html.j2",
        paths.HOME,
        title=t.gettext("There is no such page"),
        description=t.gettext("The page is not here, or not any more."),
        is_found=False,
    )
