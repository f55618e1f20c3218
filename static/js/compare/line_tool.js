export { LineTool } from "../viewer/line_tool.js";
