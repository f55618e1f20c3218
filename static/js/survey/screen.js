// Tells the size of the screen with the form that begins: what could be seen depends on it.
const form = document.querySelector("form[data-screen]");

form.addEventListener("submit", () => {
  form.elements.width.value = window.innerWidth;
  form.elements.height.value = window.innerHeight;
  form.elements.ratio.value = window.devicePixelRatio;
});
