// Decodes one PNG beside the page: bytes in; the part that is done, then the raster or a problem out.

import { decodePng16 } from "./png16.js";

const EVERY_MS = 50;

addEventListener("message", async ({ data: bytes }) => {
  let told = 0;
  const onProgress = (part) => {
    if (performance.now() - told < EVERY_MS) return;
    told = performance.now();
    postMessage({ part });
  };
  try {
    const raster = await decodePng16(bytes, { onProgress });
    postMessage({ raster }, [raster.data.buffer]);
  } catch (error) {
    postMessage({ problem: error.message });
  }
});
