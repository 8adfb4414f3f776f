"""Write blocks: reported as such, and listed for `doctor`.

Elasticsearch blocks writes to an index when its disk is over the flood-stage watermark, and lifts
the block by itself once there is room again. Others are set by hand and stay.
Concept: https://www.elastic.co/docs/reference/elasticsearch/index-settings/index-block
"""

from http import HTTPStatus

from belib_weather.search.errors import SearchBlocked

BLOCK = "cluster_block_exception"
_LASTING = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
"""With status 503 the block only says that the server is starting: it passes."""
_DISK = "flood-stage"


def is_block(status: int, kind: str | None) -> bool:
    """Whether an error means that writes are blocked until something is done about it."""
    return kind == BLOCK and status in _LASTING


def blocked_by(doing: str, reason: str) -> SearchBlocked:
    """The error that says what blocks writes and what to do.

    Args:
        doing: the request, and to which server.
        reason: the server's own words.
    """
    return SearchBlocked(f"{doing}: writes are blocked ({reason}); {advice(reason)}")


def advice(reason: str) -> str:
    """What to do about a block."""
    if _DISK in reason:
        return (
            "the disk under Elasticsearch is nearly full: free space on it; the block then goes "
            "by itself within a minute, and what is missing is published by itself"
        )
    return (
        "somebody set this block: remove it with PUT INDEX/_settings "
        '{"index.blocks.write": null, "index.blocks.read_only": null, '
        '"index.blocks.read_only_allow_delete": null}; what is missing is then published by itself'
    )
