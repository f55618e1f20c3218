import pytest
import torch
from torch import Tensor, nn

from pipeline import compute
from pipeline.translate.cyclegan.networks import (
    INIT_STD,
    ResnetGenerator,
    init_weights,
    patch_discriminator,
)


def count_of(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_generator_has_the_number_of_parameters_of_the_literature() -> None:
    # 64 channels and 9 blocks: 11.378 M for three channels of colour; one channel lacks
    # 2 * 64 * 7 * 7 weights at each end and two biases of the output.
    assert count_of(ResnetGenerator(ngf=64, blocks=9)) == 11_378_179 - 4 * 64 * 49 - 2


def test_discriminator_has_the_number_of_parameters_of_the_literature() -> None:
    # 64 channels and 3 layers: 2,764,737 for three channels with biases in all five layers.
    # One channel lacks 2 * 64 * 4 * 4 weights. Biases before an instance norm change nothing
    # (it takes the mean away) and are left out: 128 + 256 + 512.
    expected = 2_764_737 - 2 * 64 * 16 - (128 + 256 + 512)
    assert count_of(patch_discriminator(ndf=64, layers=3)) == expected


@pytest.mark.parametrize("shape", [(32, 32), (33, 50), (35, 47), (64, 18)])
def test_generator_keeps_any_size(shape: tuple[int, int]) -> None:
    network = ResnetGenerator(ngf=4, blocks=1)
    assert network(torch.zeros(2, 1, *shape)).shape == (2, 1, *shape)


def test_size_that_does_not_divide_by_4_is_reflected_at_its_lower_edge() -> None:
    network = ResnetGenerator(ngf=4, blocks=1).eval()
    init_weights(network, compute.generator(1))
    image = torch.rand(1, 1, 30, 40, generator=compute.generator(2))
    reflected = torch.cat([image, image[:, :, [-2, -3]]], dim=2)
    with torch.no_grad():
        assert torch.equal(network(image), network(reflected)[:, :, :30])


@pytest.mark.parametrize(("layers", "field_px"), [(2, 34), (3, 70)])
def test_score_of_the_discriminator_depends_on_as_many_pixels_as_published(
    layers: int, field_px: int
) -> None:
    network = patch_discriminator(ndf=4, layers=layers).double()
    init_weights(network, compute.generator(3))
    # Instance norm looks at the whole image; only the convolutions' own field is asked for.
    without_norm = replaced(network, nn.InstanceNorm2d, nn.Identity())
    image = torch.rand(1, 1, 160, 160, generator=compute.generator(4), dtype=torch.double)
    image.requires_grad_(True)
    scores = without_norm(image)
    middle = scores.shape[2] // 2, scores.shape[3] // 2
    scores[0, 0, middle[0], middle[1]].backward()
    assert image.grad is not None
    seen = image.grad[0, 0] != 0
    assert int(seen.any(dim=1).sum()) == field_px
    assert int(seen.any(dim=0).sum()) == field_px


def test_weights_are_drawn_around_0_with_the_published_spread_and_from_the_given_seed() -> None:
    first, again, other = (ResnetGenerator(ngf=16, blocks=2) for _ in range(3))
    init_weights(first, compute.generator(7, 0))
    init_weights(again, compute.generator(7, 0))
    init_weights(other, compute.generator(7, 1))
    weights = flat(first)
    assert torch.equal(weights, flat(again))
    assert not torch.equal(weights, flat(other))
    assert abs(float(weights.mean())) < 1e-3
    assert float(weights.std()) == pytest.approx(INIT_STD, rel=0.02)


def test_initialising_leaves_the_global_generator_alone() -> None:
    network = ResnetGenerator(ngf=4, blocks=1)
    before = torch.get_rng_state()
    init_weights(network, compute.generator(5))
    assert torch.equal(before, torch.get_rng_state())


def test_instance_norm_keeps_its_precision_under_bfloat16() -> None:
    # A flat image: with statistics in bfloat16 (8 bits) the sums of 65,536 pixels would be off
    # by far more than the rounding of the result, which is 2^-8 of values up to 5.
    image = 3 + 0.5 * torch.randn(1, 8, 256, 256, generator=compute.generator(6))
    norm = nn.InstanceNorm2d(8)
    coarse = image.bfloat16()
    with compute.autocast(torch.device("cpu"), "bf16"):
        result = norm(coarse).float()
    torch.testing.assert_close(result, norm(coarse.float()), atol=0.03, rtol=0)
    assert abs(float(result.mean())) < 2e-3


def replaced(network: nn.Module, old: type[nn.Module], new: nn.Module) -> nn.Module:
    for name, child in network.named_children():
        if isinstance(child, old):
            setattr(network, name, new)
        else:
            replaced(child, old, new)
    return network


def flat(network: nn.Module) -> Tensor:
    named = network.named_parameters()
    return torch.cat([value.detach().flatten() for name, value in named if name.endswith("weight")])
