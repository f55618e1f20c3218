// A small screen cannot show fine detail. It is told by the screen, not by the window: whoever
// enlarges the page to 200 % has a small window full of large letters, and the same screen.
const WIDTH_PX = 700;
const HEIGHT_PX = 500;

export function isTooSmall() {
  const { width, height } = window.screen;
  // Some browsers divide the screen's size by the zoom; what has a mouse is counted in its own pixels.
  const scale = window.matchMedia("(pointer: coarse)").matches ? 1 : window.devicePixelRatio;
  return width * scale < WIDTH_PX || height * scale < HEIGHT_PX;
}

// Shows the words instead of all that wants a larger screen; true where it did.
export function guard() {
  const words = document.getElementById("too-small");
  if (!words) return false;
  const tooSmall = isTooSmall();
  words.hidden = !tooSmall;
  for (const element of document.querySelectorAll("[data-wants-screen]")) element.hidden = tooSmall;
  return tooSmall;
}

guard();
