"""Questions in words: a few typed tools that read the warehouse, for assistants and programs.

A tool is declared once: its arguments, its answer, and the query between them. Three faces show
it: the MCP server, `belib-weather ask`, and an OpenAPI description. No tool takes SQL, and none
writes.

What belongs here: what can be asked, and how an answer looks. What does not: what the figures mean
(`datasets`, docs/metrics.md) and where the stores are (`local`).
"""

from belib_weather.questions.answers import Answer, Period
from belib_weather.questions.tool import CannotAnswer, Tool, WarehouseReader
from belib_weather.questions.tools import TOOLS, tool_named

__all__ = ["TOOLS", "Answer", "CannotAnswer", "Period", "Tool", "WarehouseReader", "tool_named"]
