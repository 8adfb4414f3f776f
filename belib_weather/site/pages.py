"""All files of the site, from the frames.

What belongs here: which pages there are, and what each needs. What does not: what one shows (a
module per page).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from belib_weather.files import Trial, raise_at_once
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.site import paths
from belib_weather.site.area_files import AreaFiles, area_paths
from belib_weather.site.area_views import AreaView, area_views
from belib_weather.site.arrondissement import area_list, area_page
from belib_weather.site.chances import chances_of
from belib_weather.site.city_map import city_map
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File
from belib_weather.site.forecast_quality import forecast_quality
from belib_weather.site.forecast_texts import ForecastTexts
from belib_weather.site.home import home
from belib_weather.site.home_files import CHANCES_FILE, PLACES_FILE, chances_file, places_file
from belib_weather.site.method import method_page
from belib_weather.site.page_builder import PageBuilder
from belib_weather.site.preview import path_of, preview
from belib_weather.site.shell import Shell, static_files
from belib_weather.site.station import StationPage
from belib_weather.site.station_files import StationFiles, station_paths
from belib_weather.site.station_views import StationView, hours_to_come, station_views

_Texts = Callable[[], Mapping[Language, ForecastTexts]]


def files_of(data: SiteData, url: str = "") -> list[File]:
    """Every file of the site; what pages need comes first. The first error is raised."""
    return build_site(data, url, raise_at_once).files


def build_site(data: SiteData, url: str, trial: Trial) -> PageBuilder:
    """Build the files of the site, and collect the paths of those that failed.

    Args:
        data: what the pages show.
        url: public address of the site without a slash at its end; empty where it is not known.
        trial: what tries each page by the path of its file.
    """
    page_builder = PageBuilder(trial)
    page_builder.files += static_files().values()
    shells = [Shell(data, language, url) for language in LANGUAGES]
    forecasts = page_builder.part("quality of the forecasts", lambda: _forecasts(data))
    _stations(page_builder, data, shells, forecasts)
    _areas(page_builder, data, shells)
    _city(page_builder, data, shells, forecasts)
    return page_builder


def _forecasts(data: SiteData) -> dict[Language, ForecastTexts]:
    quality = forecast_quality(data.scores)
    return {
        language: ForecastTexts(quality, language, serves_blend=data.serves_blend)
        for language in LANGUAGES
    }


def _stations(
    page_builder: PageBuilder, data: SiteData, shells: Sequence[Shell], forecasts: _Texts
) -> None:
    """Every station: its data, and its page in every language."""
    views = page_builder.part("stations", lambda: station_views(data))
    hours = page_builder.part("hours to come", lambda: hours_to_come(data))
    files = page_builder.part("hours of the stations", lambda: StationFiles(data))

    def data_of(view: StationView) -> list[File]:
        return files().of(view)

    def page(shell: Shell, view: StationView) -> list[File]:
        return [StationPage(shell, view).file(hours(), forecasts()[shell.language])]

    def all_pages() -> list[File]:
        for view in views():
            page_builder.pages(station_paths(view.id), partial(data_of, view))
            for shell in shells:
                path = shell.file_of(paths.station(view.id))
                page_builder.pages([path], partial(page, shell, view))
        return []

    page_builder.pages(_folders(shells, "/station/"), all_pages)


def _areas(page_builder: PageBuilder, data: SiteData, shells: Sequence[Shell]) -> None:
    """The list of the arrondissements; of each its data, and its page in every language."""
    views = page_builder.part("arrondissements", lambda: area_views(data))
    files = page_builder.part("hours of the arrondissements", lambda: AreaFiles(data))

    def data_of(view: AreaView) -> list[File]:
        return files().of(view)

    def entries(shell: Shell) -> list[File]:
        return [area_list(shell, views())]

    def page(shell: Shell, view: AreaView) -> list[File]:
        return [area_page(shell, view)]

    def all_pages() -> list[File]:
        for view in views():
            page_builder.pages(area_paths(view.number), partial(data_of, view))
        for shell in shells:
            path = shell.file_of(paths.ARRONDISSEMENTS)
            page_builder.pages([path], partial(entries, shell))
            for view in views():
                path = shell.file_of(paths.arrondissement(view.number))
                page_builder.pages([path], partial(page, shell, view))
        return []

    page_builder.pages(_folders(shells, paths.ARRONDISSEMENTS), all_pages)


def _folders(shells: Sequence[Shell], path: str) -> list[str]:
    """Begins of the paths of all files of some pages."""
    return [paths.in_language(path, shell.language).lstrip("/") for shell in shells]


def _city(
    page_builder: PageBuilder, data: SiteData, shells: Sequence[Shell], forecasts: _Texts
) -> None:
    """The home page with its files, data and method, and what stands in for a missing page."""
    chances = page_builder.part(
        "chances", lambda: chances_of(data.profile, data.forecasts, data.now)
    )
    drawn = page_builder.part("map of the city", lambda: city_map(data.outlines, data.states))
    page_builder.pages([paths.file_of(CHANCES_FILE)], lambda: [chances_file(data, chances())])
    page_builder.pages([paths.file_of(PLACES_FILE)], lambda: [places_file(data)])

    def picture(shell: Shell) -> list[File]:
        city = drawn()
        return [] if city is None else [preview(data, city, shell.language)]

    def method(shell: Shell) -> list[File]:
        return [method_page(shell, forecasts()[shell.language])]

    def start(shell: Shell) -> list[File]:
        return [home(shell, chances(), drawn())]

    for shell in shells:
        page_builder.pages([paths.file_of(path_of(shell.language))], partial(picture, shell))
        page_builder.pages([shell.file_of(paths.DATA_AND_METHOD)], partial(method, shell))
        page_builder.pages([shell.file_of(paths.HOME)], partial(start, shell))
        page_builder.pages([shell.file_not_found], partial(_not_found, shell))


def _not_found(shell: Shell) -> list[File]:
    t = shell.t
    page = shell.page(
        "not_found.html.j2",
        paths.HOME,
        title=t.gettext("There is no such page"),
        description=t.gettext("The page is not here, or not any more."),
        is_found=False,
    )
    return [page]
