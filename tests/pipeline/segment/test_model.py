"""The network as a part: refused weights, its heads, its losses, its average."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipeline import checkpoints
from pipeline.errors import InputRefused
from pipeline.segment import averaging, losses, model

TINY = (4, 4, 8, 8, 8, 4)


@pytest.fixture
def network() -> model.ParticleNet:
    return model.new_network(TINY, seed=5)


def test_a_file_that_is_not_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"PK\x03\x04 not weights at all")
    with pytest.raises(InputRefused, match="is not a weights file"):
        model.load_network(path)


def test_weights_of_another_network_are_refused(tmp_path: Path, network: model.ParticleNet) -> None:
    about = network.about() | {"network": "cyclegan-generator"}
    path = tmp_path / "w.safetensors"
    checkpoints.save_weights(path, network.state_dict(), about=about, half=False)
    with pytest.raises(InputRefused, match="cyclegan-generator"):
        model.load_network(path)


@pytest.mark.parametrize(
    "changed",
    [{"features": [4, 4, 8, 8, 16, 4]}, {"normalisation": {"kind": "mean"}}, {"outputs": ["mask"]}],
)
def test_weights_of_another_version_are_refused(
    tmp_path: Path, network: model.ParticleNet, changed: dict[str, object]
) -> None:
    path = tmp_path / "w.safetensors"
    about = network.about() | changed
    checkpoints.save_weights(path, network.state_dict(), about=about, half=False)
    with pytest.raises(InputRefused, match="another version"):
        model.load_network(path)


def test_the_output_is_the_last_head_and_all_heads_are_full_size(
    network: model.ParticleNet,
) -> None:
    network.eval()
    image = torch.rand(2, 1, 32, 48, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        heads = network.heads(image)
        output = network(image)
    assert [tuple(head.shape) for head in heads] == [(2, 3, 32, 48)] * 4
    assert torch.equal(output, heads[-1])
    assert not torch.equal(output, heads[0])


def test_weights_come_back_as_they_were_stored(tmp_path: Path, network: model.ParticleNet) -> None:
    path = tmp_path / "w.safetensors"
    checkpoints.save_weights(path, network.state_dict(), about=network.about(), half=False)
    loaded = model.load_network(path)
    assert not loaded.training
    assert checkpoints.weights_hash(loaded.state_dict()) == checkpoints.weights_hash(
        network.state_dict()
    )


def test_the_same_seed_gives_the_same_network_and_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    first, second = (model.new_network(TINY, seed=1).state_dict() for _ in range(2))
    other = model.new_network(TINY, seed=2).state_dict()
    assert checkpoints.weights_hash(first) == checkpoints.weights_hash(second)
    assert checkpoints.weights_hash(first) != checkpoints.weights_hash(other)
    assert torch.equal(before, torch.get_rng_state())


def test_perfect_outputs_have_no_loss_and_inverted_ones_much() -> None:
    targets = torch.zeros(2, 3, 16, 16)
    targets[:, 0, 4:12, 4:12] = targets[:, 1, 8, 4:12] = targets[:, 2, 6:10, 6:10] = 1
    outputs = targets.clone()
    outputs[:, :2] = targets[:, :2] * 40 - 20  # logits
    perfect = losses.losses(outputs, targets)
    inverted = losses.losses(-outputs, targets)
    assert perfect.total().item() < 1e-3
    assert all(part.item() > 0.5 for part in inverted)


def test_crops_without_particles_have_a_finite_loss() -> None:
    outputs = torch.zeros(1, 3, 16, 16, requires_grad=True)
    losses.losses(outputs, torch.zeros(1, 3, 16, 16)).total().backward()  # type: ignore[no-untyped-call]
    assert outputs.grad is not None
    assert outputs.grad.isfinite().all()


def test_all_heads_are_trained_and_the_deepest_most(network: model.ParticleNet) -> None:
    image = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    heads = [head.detach().requires_grad_() for head in network.heads(image)]
    losses.deep_losses(heads, (image > 0.5).float().expand(1, 3, 32, 32))[0].backward()  # type: ignore[no-untyped-call]
    sizes = [head.grad.norm().item() for head in heads if head.grad is not None]
    assert len(sizes) == 4
    assert min(sizes) > 0
    assert max(sizes) == sizes[-1]


def test_the_learning_rate_rises_to_its_highest_and_falls() -> None:
    rates = [averaging.learning_rate(step, steps=100, highest=1.0) for step in range(100)]
    assert max(rates) == 1.0
    assert rates.index(1.0) == 9
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.02


def test_the_average_forgets_the_untrained_weights() -> None:
    average, current = {"w": torch.zeros(1)}, {"w": torch.ones(1)}
    for step in range(40):
        averaging.update_average(average, current, step=step)
    assert average["w"].item() > 0.99


def test_the_average_copies_counters() -> None:
    average, current = {"n": torch.tensor(0)}, {"n": torch.tensor(7)}
    averaging.update_average(average, current, step=0)
    assert average["n"].item() == 7
