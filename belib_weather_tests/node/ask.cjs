// Answers what Kibana's own published libraries decide. Questions on standard input, answers on
// standard output, as JSON: {"axes": […], "texts": […], "queries": […]}.
//
// What is not in the libraries is how Kibana calls them; it is written down here as in
// src/platform/plugins/shared/chart_expressions/expression_xy/public/components/xy_chart.tsx
// (`getYAxisDomain`, the series) and .../helpers/axes_configuration.ts.
"use strict";

const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");

const installed = createRequire(`${process.argv[2]}/`);
const { computeSeriesDomains } = installed(
  "@elastic/charts/dist/chart_types/xy_chart/state/utils/utils.js",
);
const { computeYScales } = installed("@elastic/charts/dist/chart_types/xy_chart/utils/scales.js");
const numeral = installed("@elastic/numeral");
const { fromKueryExpression, toElasticsearchQuery } = installed("@cybernetex/kbn-es-query");

const EXTENTS = { left: "yLeftExtent", right: "yRightExtent" };

function sideOf(layer, accessor) {
  const style = (layer.yConfig ?? []).find((one) => one.forAccessor === accessor);
  return style?.axisMode === "right" ? "right" : "left";
}

function seriesOf(layer, rows) {
  const isBar = layer.seriesType.includes("bar");
  const isStacked = layer.seriesType.includes("stacked");
  return layer.accessors.map((accessor) => ({
    chartType: "xy_axis",
    specType: "series",
    seriesType: isBar ? "bar" : layer.seriesType.includes("area") ? "area" : "line",
    id: accessor,
    groupId: sideOf(layer, accessor),
    xAccessor: layer.xAccessor,
    yAccessors: [accessor],
    stackAccessors: isStacked ? [layer.xAccessor] : [],
    stackMode: layer.seriesType.includes("percentage") ? "percentage" : undefined,
    xScaleType: "ordinal",
    yScaleType: "linear",
    data: rows,
  }));
}

function axisOf(shown, series, side) {
  const extent = shown[EXTENTS[side]] ?? { mode: "full" };
  const isLine = series.every((one) => one.groupId !== side || one.seriesType === "line");
  const custom = extent.mode === "custom";
  return {
    type: "linear",
    nice: Boolean(extent.niceValues),
    desiredTickCount: 5,
    customDomain: {
      fit: isLine && extent.mode === "dataBounds",
      min: custom ? (extent.lowerBound ?? NaN) : NaN,
      max: custom ? (extent.upperBound ?? NaN) : NaN,
    },
  };
}

// The domain of each vertical axis, and which part of its height each series covers.
function axes({ visualization, rows }) {
  const [layer] = visualization.layers;
  const series = seriesOf(layer, rows);
  const y = Object.fromEntries(
    Object.keys(EXTENTS).map((side) => [side, axisOf(visualization, series, side)]),
  );
  const x = { type: "ordinal", nice: false, isBandScale: true, timeZone: "UTC" };
  const { yDomains } = computeSeriesDomains(series, { x, y }, [], {});
  const scales = computeYScales({ yDomains, range: [1, 0] });
  return {
    domains: Object.fromEntries(
      [...scales].map(([side, scale]) => [side, [scale.domain[0], scale.domain.at(-1)]]),
    ),
    heights: Object.fromEntries(
      series.map(({ id, groupId }) => {
        const at = rows.map((row) => scales.get(groupId).scale(row[id]));
        return [id, Math.max(...at) - Math.min(...at)];
      }),
    ),
  };
}

// As the formatters of Lens (supported_formats.ts) write a number.
function text({ format, value }) {
  const digits = format.params.decimals ? `.${"0".repeat(format.params.decimals)}` : "";
  const plain = `0,0${digits}${format.id === "percent" ? "%" : ""}`;
  const pattern = format.id === "custom" ? format.params.pattern : plain;
  return numeral(value).format(pattern) + (format.params.suffix ?? "");
}

const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(
  JSON.stringify({
    axes: asked.axes.map(axes),
    texts: asked.texts.map(text),
    queries: asked.queries.map((kql) => toElasticsearchQuery(fromKueryExpression(kql))),
  }),
);
