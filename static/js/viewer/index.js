// A linked viewer for exact rasters; docs/interface.md shows how a page uses it.

export { View } from "./view.js";
export { Pane } from "./pane.js";
export { LabelTiles, RasterTiles, labelTable } from "./tiles.js";
export { MAPS, colourAt, colourTable, drawBar } from "./colours.js";
export { LineTool } from "./line_tool.js";
export { crosshair, lineMark } from "./marks.js";
export { lengthText, niceLength, scaleBar } from "./scale_bar.js";
export { readAddress, restoreView, viewState, writeAddress } from "./address.js";
