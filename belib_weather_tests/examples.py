"""How many examples a property is tried on."""

from hypothesis import settings


def examples(count: int) -> settings:
    """Try a property on `count` examples where others are tried on 100.

    For properties that cost more than others, or less: under each profile the number keeps its
    proportion to the profile's, and is five or more; under `quick` two or more.
    """
    most = settings().max_examples
    return settings(max_examples=max(min(5, most // 2), count * most // 100))
