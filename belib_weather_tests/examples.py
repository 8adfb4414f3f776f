"""How many examples a property is tried on."""

from hypothesis import settings


def examples(count: int) -> settings:
    """Try a property on `count` examples under the profile `thorough`.

    For properties that cost more than others, or less; under the other profiles the number keeps
    its proportion to theirs.
    """
    return settings(max_examples=max(5, count * settings().max_examples // 100))
