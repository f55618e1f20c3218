// The height map as a surface that turns, true to scale, with the SEM image laid over it.
//
// It is drawn only when something changed: while it is turned by hand, or by itself, and is seen.

import * as three from "../../vendor/three.js";

const MOST_POINTS = 2 ** 18; // of the surface; the image on it keeps its own pixels
const TEXTURE_PX = 4096; // what every graphics card takes
const TURN_STEP = Math.PI / 36;

export class Relief {
  #asked = 0;
  #seen = true;

  /** `raster` holds heights, `nm_per_step` each step of it; `skin` is a canvas with the picture. */
  constructor(host, { raster, nm_per_step, nm_per_px }) {
    Object.assign(this, { host, turning: false });
    this.renderer = new three.WebGLRenderer({ antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    const canvas = this.renderer.domElement;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Relief of the scene. Arrows turn it, plus and minus come closer.");
    host.append(canvas);
    this.material = new three.MeshBasicMaterial({ toneMapped: false });
    this.mesh = new three.Mesh(surface(raster, nm_per_step / nm_per_px), this.material);
    this.scene = new three.Scene().add(this.mesh);
    this.#look(raster);
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.observers = [
      new ResizeObserver(() => this.#resize()),
      new IntersectionObserver(([entry]) => this.#show(entry.isIntersecting)),
    ];
    for (const observer of this.observers) observer.observe(host);
    this.onVisibility = () => this.draw();
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  #look({ width, height }) {
    const size = Math.hypot(width, height);
    this.camera = new three.PerspectiveCamera(35, 1, size / 100, size * 10);
    this.camera.up.set(0, 0, 1);
    this.camera.position.set(0, -size * 0.95, size * 0.85);
    this.controls = new three.OrbitControls(this.camera, this.renderer.domElement);
    Object.assign(this.controls, {
      maxPolarAngle: Math.PI / 2 - 0.02, // from above only: there is nothing to see below
      minDistance: size / 20,
      maxDistance: size * 3,
      autoRotateSpeed: 1.5,
    });
    this.controls.addEventListener("change", () => this.draw());
  }

  setSkin(canvas) {
    this.material.map?.dispose();
    this.material.map = new three.CanvasTexture(canvas);
    this.material.map.colorSpace = three.SRGBColorSpace;
    this.material.map.anisotropy = this.renderer.capabilities.getMaxAnisotropy();
    this.material.needsUpdate = true;
    this.draw();
  }

  setStretch(factor) {
    this.mesh.scale.z = factor;
    this.draw();
  }

  setTurning(turning) {
    this.turning = turning;
    this.controls.autoRotate = turning;
    this.draw();
  }

  /** Ask for a frame; where nobody sees it none is drawn. */
  draw() {
    if (this.#asked || document.hidden || !this.#seen) return;
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0;
      this.controls.update();
      this.renderer.render(this.scene, this.camera);
      if (this.turning) this.draw();
    });
  }

  #show(seen) {
    this.#seen = seen;
    this.draw();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return;
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  #key(event) {
    const { key } = event;
    const turns = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const nearer = { "+": 0.8, "=": 0.8, "-": 1.25 }[key];
    if (!turns[key] && !nearer) return;
    event.preventDefault();
    event.stopPropagation();
    const { target } = this.controls;
    // Three's own spherical angles stand on y, the relief on z.
    const [x, y, z] = this.camera.position.clone().sub(target).toArray();
    const place = new three.Spherical().setFromVector3(new three.Vector3(x, z, -y));
    const [around, tilt] = turns[key] ?? [0, 0];
    place.theta += around * TURN_STEP;
    place.phi = Math.min(Math.PI / 2 - 0.02, Math.max(0.02, place.phi + tilt * TURN_STEP));
    place.radius *= nearer ?? 1;
    const moved = new three.Vector3().setFromSpherical(place);
    this.camera.position.set(moved.x, -moved.z, moved.y).add(target);
    this.draw();
  }

  remove() {
    for (const observer of this.observers) observer.disconnect();
    document.removeEventListener("visibilitychange", this.onVisibility);
    cancelAnimationFrame(this.#asked);
    this.controls.dispose();
    this.mesh.geometry.dispose();
    this.material.map?.dispose();
    this.material.dispose();
    this.renderer.dispose();
    this.renderer.domElement.remove();
  }
}

/** The surface in pixels, its middle at 0; `px_per_step` turns height steps into pixels. */
function surface({ width, height, data }, px_per_step) {
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_POINTS)));
  const columns = Math.floor((width - 1) / step) + 1;
  const rows = Math.floor((height - 1) / step) + 1;
  const geometry = new three.PlaneGeometry(1, 1, columns - 1, rows - 1);
  const position = geometry.attributes.position;
  const uv = geometry.attributes.uv;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const [x, y] = [column * step, row * step];
      position.setXYZ(at, x + 0.5 - width / 2, height / 2 - y - 0.5, data[y * width + x] * px_per_step);
      uv.setXY(at, (x + 0.5) / width, 1 - (y + 0.5) / height);
    }
  }
  geometry.computeBoundingSphere();
  return geometry;
}

/** A raster as a canvas in the colours of a table, no larger than a texture may be. */
export function skinOf({ width, height, data }, colours) {
  const step = Math.ceil(Math.max(width, height) / TEXTURE_PX);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.floor(width / step), height: Math.floor(height / step) });
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0, to = 0; row < canvas.height; row++) {
    for (let column = 0; column < canvas.width; column++) {
      pixels[to++] = colours[data[row * step * width + column * step]];
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
