"""Links from each asset in the catalog to the code that makes it.

What belongs here: the file on this machine, and the same file in a repository that people can
open. What does not: the assets. Concept: https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

import warnings
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import dagster as dg

BRANCH = "main"
"""The repository's branch; what runs may be older or newer by a few lines."""
_PACKAGE = Path(__file__).parent
_NAME = "dagster/code_references"


def published_repository() -> str | None:
    """The repository that the package's own metadata name, None where they name none."""
    try:
        urls = metadata("belib-weather").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None  # run from a folder that was never installed
    named = dict(url.split(", ", 1) for url in urls)
    return named.get("Repository", named.get("Source"))


def with_code_references(
    assets: Iterable[dg.AssetsDefinition], repository: str | None
) -> list[dg.AssetsDefinition]:
    """Link assets to their function, in the repository if there is one and on this machine.

    Raises:
        ValueError: the repository is on neither GitHub nor GitLab.
    """
    with warnings.catch_warnings():
        # Four lines per asset in every command, about nothing that its reader can change.
        warnings.simplefilter("ignore", dg.BetaWarning)
        linked = dg.with_source_code_references(list(assets))
        if repository:
            mapping = dg.AnchorBasedFilePathMapping(_PACKAGE, _PACKAGE.name)
            in_git = dg.link_code_references_to_git(linked, repository, BRANCH, mapping)
            linked = dg.with_source_code_references(in_git)
    return [asset for asset in linked if isinstance(asset, dg.AssetsDefinition)]


def with_module_reference(spec: dg.AssetSpec, module: Path, repository: str | None) -> dg.AssetSpec:
    """Link an asset that has no function to the module that declares it."""
    references: list[dg.UrlCodeReference | dg.LocalFileCodeReference] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        if repository:
            tree = f"-/tree/{BRANCH}" if "gitlab" in repository else f"tree/{BRANCH}"
            path = module.relative_to(_PACKAGE.parent).as_posix()
            references.append(dg.UrlCodeReference(url=f"{repository}/{tree}/{path}"))
        references.append(dg.LocalFileCodeReference(file_path=str(module)))
        value = dg.CodeReferencesMetadataValue(code_references=references)
    return spec.merge_attributes(metadata={_NAME: value})
