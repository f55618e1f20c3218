"""Blender: the drop (Bullet), the pictures from above (Cycles) and the edges (Freestyle).

The one file that imports bpy. Lengths inside Blender are in units of the scene's mean diameter,
because Bullet is made for bodies of about that size. Nothing here writes files that stay: Blender
puts dates into its files, so arrays are taken out and written elsewhere.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
import OpenEXR
from mathutils import Matrix, Quaternion

from pipeline.simulate import particles
from pipeline.simulate.particles import Mesh, Solid
from pipeline.simulate.scene import ScenePlan
from pipeline.simulate.settled import Settled, Views

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMES_PER_S = 24
SUBSTEPS = 10
SOLVER_ITERATIONS = 10
# Mean diameters per s². With the damping a fall reaches 20 diameters per s. The solver's errors
# shake a heap in proportion to gravity, so that it rests much sooner under less of it.
FALL_GRAVITY, REST_GRAVITY = 60.0, 5.0
FALLING_SPEED = 4.0  # mean diameters per s; when all are slower the fall is over
LINEAR_DAMPING = 0.95  # part of the speed that a second takes: particles settle in a liquid
ANGULAR_DAMPING = 0.9
FRICTION = 0.9
RESTITUTION = 0.0
MARGIN = 0.02  # Bullet's collision margin, mean diameters
REST_SPEED = 0.05  # mean diameters per s, of the centre or of the surface by turning
SLEEP_SPEEDS = (1.0, 2.0)  # diameters per s, rad per s: Bullet stops what is slower for 2 s
_REST_FRAMES = 4  # between two looks
_HOLDER_THICKNESS = 4.0
_BODY = {"sphere": "SPHERE", "cube": "BOX", "short_rod": "CAPSULE", "long_rod": "CAPSULE"}
_LAYER = "ViewLayer"


# --- the drop ---------------------------------------------------------------------------------


def drop(plan: ScenePlan, *, limit_s: float) -> Settled:
    """Let the particles of a plan fall on the holder until they rest.

    Parameters
    ----------
    plan : ScenePlan
        Particles in their levitated poses.
    limit_s : float
        Simulated time after which the fall ends, rest or not.
    """
    scene = _fresh_scene()
    frames = max(1, math.ceil(limit_s * FRAMES_PER_S))
    bodies = _make_world(scene, frames)
    _add_holder(plan, bodies)
    objects = [_add_body(plan, bodies, k) for k in range(len(plan.particles))]

    scene.frame_set(1)
    before = _poses(objects)
    moving = np.ones(len(objects), dtype=bool)
    on_holder = np.ones(len(objects), dtype=bool)
    reach = np.array([p.bounding_radius_nm for p in plan.particles]) / plan.mean_diameter_nm
    frame, falling = 1, True
    while frame < 1 + frames and (moving & on_holder).any():
        last = min(frame + _REST_FRAMES, 1 + frames)
        seconds = (last - frame) / FRAMES_PER_S
        while frame < last:
            frame += 1
            scene.frame_set(frame)
        now = _poses(objects)
        speed = _moved(before, now, reach) / seconds
        moving, on_holder, before = speed > REST_SPEED, _on_holder(plan, now), now
        if falling and frame > FRAMES_PER_S and (speed[on_holder] < FALLING_SPEED).all():
            falling = False
            scene.gravity = (0.0, 0.0, -REST_GRAVITY)
    position, rotation = _split(before)
    return Settled(
        position_nm=position * plan.mean_diameter_nm,
        rotation=rotation,
        at_rest=~moving & on_holder,
        on_holder=on_holder,
        fall_s=(frame - 1) / FRAMES_PER_S,
    )


def _fresh_scene() -> bpy.types.Scene:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps = FRAMES_PER_S
    return scene


def _make_world(scene: bpy.types.Scene, frames: int) -> bpy.types.Collection:
    bpy.ops.rigidbody.world_add()
    scene.gravity = (0.0, 0.0, -FALL_GRAVITY)
    world = scene.rigidbody_world
    world.substeps_per_frame = SUBSTEPS
    world.solver_iterations = SOLVER_ITERATIONS
    world.point_cache.frame_start = 1
    world.point_cache.frame_end = 1 + frames
    world.collection = bpy.data.collections.new("bodies")
    scene.collection.children.link(world.collection)
    return world.collection


def _add_holder(plan: ScenePlan, bodies: bpy.types.Collection) -> None:
    width, depth = (side / plan.mean_diameter_nm for side in plan.holder_nm)
    mesh = _blender_mesh("holder", _box(np.array([width, depth, _HOLDER_THICKNESS])))
    holder = bpy.data.objects.new("holder", mesh)
    holder.location = (0.0, 0.0, -0.5 * _HOLDER_THICKNESS)
    bodies.objects.link(holder)
    body = holder.rigid_body
    body.type, body.collision_shape = "PASSIVE", "BOX"
    body.friction, body.restitution = FRICTION, RESTITUTION
    body.use_margin, body.collision_margin = True, 0.0


def _add_body(plan: ScenePlan, bodies: bpy.types.Collection, k: int) -> bpy.types.Object:
    particle = plan.particles[k]
    diameter = particle.diameter_nm / plan.mean_diameter_nm
    name = f"particle{k:04d}"
    kind = _BODY.get(particle.solid.shape, "CONVEX_HULL")
    # Bullet takes the sizes of its round bodies and boxes from the bounding box.
    shape = (
        particles.collision_mesh(particle.solid)
        if kind == "CONVEX_HULL"
        else _box(particle.solid.extent)
    )
    mesh = _blender_mesh(name, Mesh(vertices=shape.vertices * diameter, faces=shape.faces))
    thing = bpy.data.objects.new(name, mesh)
    thing.rotation_mode = "QUATERNION"
    thing.location = np.array(particle.position_nm) / plan.mean_diameter_nm
    thing.rotation_quaternion = particle.rotation
    bodies.objects.link(thing)
    body = thing.rigid_body
    body.type, body.collision_shape = "ACTIVE", kind
    body.mass = diameter**3
    body.friction, body.restitution = FRICTION, RESTITUTION
    body.linear_damping, body.angular_damping = LINEAR_DAMPING, ANGULAR_DAMPING
    body.use_margin, body.collision_margin = True, MARGIN
    body.use_deactivation = True
    body.deactivate_linear_velocity, body.deactivate_angular_velocity = SLEEP_SPEEDS
    return thing


def _poses(objects: list[bpy.types.Object]) -> NDArray[np.float64]:
    """Return the objects' places and turns, shape (N, 4, 4)."""
    graph = bpy.context.evaluated_depsgraph_get()
    return np.array([thing.evaluated_get(graph).matrix_world for thing in objects])


def _split(poses: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    turns = np.array([Matrix(pose).to_quaternion().normalized() for pose in poses])
    turns *= np.where(turns[:, :1] < 0, -1.0, 1.0)  # q and -q are the same turn
    return poses[:, :3, 3].copy(), turns


def _moved(
    before: NDArray[np.float64], now: NDArray[np.float64], reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far each particle's centre or farthest surface point has moved, shape (N,)."""
    moved = np.linalg.norm(now[:, :3, 3] - before[:, :3, 3], axis=1)
    turned = np.linalg.norm(now[:, :3, :3] - before[:, :3, :3], axis=(1, 2)) / math.sqrt(2.0)
    return np.asarray(np.maximum(moved, turned * reach))


def _on_holder(plan: ScenePlan, poses: NDArray[np.float64]) -> NDArray[np.bool_]:
    half = 0.5 * np.array(plan.holder_nm) / plan.mean_diameter_nm
    inside = (np.abs(poses[:, :2, 3]) <= half).all(axis=1)
    return np.asarray(inside & (poses[:, 2, 3] > 0.0))


# --- the pictures -----------------------------------------------------------------------------


def view(plan: ScenePlan, settled: Settled, *, edges: bool, threads: int) -> Views:
    """Look straight down on the settled particles.

    Parameters
    ----------
    plan, settled : ScenePlan, Settled
        The particles and where they are.
    edges : bool
        Draw Freestyle's lines, too.
    threads : int
        Of the renderer.
    """
    scene = _fresh_scene()
    for k in np.flatnonzero(settled.on_holder):
        _add_particle(scene, plan, settled, int(k))
    top = float(settled.position_nm[:, 2].max()) / plan.mean_diameter_nm
    reach = max(p.bounding_radius_nm for p in plan.particles) / plan.mean_diameter_nm
    altitude = max(top, 0.0) + reach + 1.0
    _add_camera(scene, plan, altitude)
    _set_renderer(scene, plan, threads)
    if edges:
        _set_freestyle(scene)
    channels = _render(scene)
    labels = channels[f"{_LAYER}.IndexOB.X"].astype(np.uint16)
    depth = channels[f"{_LAYER}.Depth.Z"].astype(np.float64)
    height = np.where(labels > 0, np.maximum(altitude - depth, 0.0), 0.0) * plan.mean_diameter_nm
    lines = None
    if edges:
        alpha = channels[f"{_LAYER}.Freestyle.A"]
        lines = np.rint(np.clip(alpha, 0.0, 1.0) * 255.0).astype(np.uint8)
    return Views(height_nm=height.astype(np.float32), labels=labels, edges=lines)


def _add_particle(scene: bpy.types.Scene, plan: ScenePlan, settled: Settled, k: int) -> None:
    particle = plan.particles[k]
    thing = bpy.data.objects.new(f"particle{k:04d}", _shared_mesh(plan, particle.solid))
    thing.pass_index = k + 1
    scale = particle.diameter_nm / plan.mean_diameter_nm
    place = Matrix.Translation(settled.position_nm[k] / plan.mean_diameter_nm)
    turn = Quaternion(settled.rotation[k]).to_matrix().to_4x4()
    thing.matrix_world = place @ turn @ Matrix.Scale(scale, 4)
    scene.collection.objects.link(thing)


def _shared_mesh(plan: ScenePlan, solid: Solid) -> bpy.types.Mesh:
    """Return the mesh that all particles of a solid share, fine enough for the largest."""
    first = next(k for k, p in enumerate(plan.particles) if p.solid is solid)
    name = f"solid{first:04d}"
    known = bpy.data.meshes.get(name)
    if known is not None:
        return known
    diameter_px = plan.largest_px(solid)
    return _blender_mesh(name, particles.render_mesh(solid, diameter_px=diameter_px))


def _add_camera(scene: bpy.types.Scene, plan: ScenePlan, altitude: float) -> None:
    lens = bpy.data.cameras.new("camera")
    lens.type, lens.sensor_fit = "ORTHO", "HORIZONTAL"
    lens.ortho_scale = plan.width_px * plan.nm_per_px / plan.mean_diameter_nm
    lens.clip_start, lens.clip_end = 0.1, 2.0 * altitude
    camera = bpy.data.objects.new("camera", lens)
    camera.location = (0.0, 0.0, altitude)  # without a turn it looks down, y up in the image
    scene.collection.objects.link(camera)
    scene.camera = camera


def _set_renderer(scene: bpy.types.Scene, plan: ScenePlan, threads: int) -> None:
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = plan.width_px, plan.height_px
    render.resolution_percentage = 100
    render.threads_mode, render.threads = "FIXED", threads
    render.film_transparent = True
    render.use_compositing = render.use_sequencer = False
    scene.view_settings.view_transform = "Standard"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = 1
    cycles.use_adaptive_sampling = cycles.use_denoising = False
    cycles.filter_width = 0.01  # one ray through the middle of each pixel
    cycles.max_bounces = 0
    layer = scene.view_layers[0]
    layer.use_pass_z = layer.use_pass_object_index = True
    image = render.image_settings
    image.file_format, image.color_depth = "OPEN_EXR_MULTILAYER", "32"  # half floats end at 2048
    image.exr_codec = "ZIP"


def _set_freestyle(scene: bpy.types.Scene) -> None:
    scene.render.use_freestyle = True
    scene.render.line_thickness_mode = "ABSOLUTE"
    settings = scene.view_layers[0].freestyle_settings
    settings.as_render_pass = True
    lines = settings.linesets[0] if settings.linesets else settings.linesets.new("particles")
    lines.select_silhouette = lines.select_border = True
    lines.select_crease = False
    # A line set of Blender 4.5 has no style when it is new, and draws nothing without one.
    style = lines.linestyle or bpy.data.linestyles.new("white")
    lines.linestyle = style
    style.color = (1.0, 1.0, 1.0)
    style.thickness = 2.0


def _render(scene: bpy.types.Scene) -> dict[str, NDArray[np.float32]]:
    """Render and return the channels by name, each of shape (H, W)."""
    with tempfile.TemporaryDirectory(prefix="semblance-") as scratch:
        path = Path(scratch) / "view.exr"
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True)
        with OpenEXR.File(str(path), separate_channels=True) as image:
            return {name: channel.pixels.copy() for name, channel in image.channels().items()}


# --- meshes -----------------------------------------------------------------------------------


def _blender_mesh(name: str, mesh: Mesh) -> bpy.types.Mesh:
    made = bpy.data.meshes.new(name)
    made.from_pydata(mesh.vertices.tolist(), [], mesh.faces.tolist())
    return made


def _box(size: NDArray[np.float64]) -> Mesh:
    half = 0.5 * size
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    faces = np.array(
        [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    )
    return Mesh(vertices=corners * half, faces=faces)
