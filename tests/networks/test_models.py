import pytest
import torch

from fer_core.errors import ModelError
from fer_core.networks import models
from fer_core.networks.models.poise import ConvPatchEmbed

BENCH = ("poise_vit", "poise_mixer", "vit_tiny_patch16_224", "mixer_s16_224", "resnet18",
         "deit_tiny_distilled_patch16_224", "efficientnet_b0", "k_emotionnet", "residual_masking")


@pytest.mark.parametrize("architecture", BENCH)
def test_every_architecture_reads_grey_crops_of_48_pixels(architecture):
    model = models.create(architecture, 15).eval()
    x = torch.randn(2, 1, models.CROP, models.CROP)
    with torch.inference_mode():
        assert model(x).shape == (2, 15)
        assert model.forward_head(model.forward_features(x), pre_logits=True).ndim == 2


def test_k_emotionnet_has_54_layers_and_no_bottleneck():
    model = models.create("k_emotionnet", 7)
    weighted = [m for n, m in model.named_modules() if "downsample" not in n
                and isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(weighted) == 54
    assert {m.kernel_size for m in weighted[:-1]} == {(3, 3)}


def test_masks_multiply_what_each_stage_sees():
    model = models.create("residual_masking", 7, block_args=None).eval()
    x = torch.randn(1, 1, 48, 48)
    with torch.inference_mode():
        mask = model.masks[0](torch.randn(1, 64, 48, 48))
        before = model(x)
        for m in model.masks:
            m.forward = lambda x: torch.zeros_like(x)
        after = model(x)
    assert mask.shape == (1, 64, 48, 48)
    assert 0 <= mask.min() <= mask.max() <= 1
    assert not torch.allclose(before, after)


def test_an_unknown_architecture_is_said():
    with pytest.raises(ModelError) as caught:
        models.create("poise_oracle", 8)
    assert caught.value.key == "error.model.architecture"


def test_pretrained_weights_without_a_network_are_said(monkeypatch):
    def offline(*args, **kwargs):
        raise OSError("no network\nlong trace")

    monkeypatch.setattr("timm.models._builder.load_pretrained", offline)
    with pytest.raises(ModelError) as caught:
        models.create("resnet18", 8, pretrained=True)
    assert caught.value.key == "error.model.pretrained"
    assert caught.value.values["detail"] == "no network"


def test_weights_without_wide_blocks_are_grown_unchanged():
    """So ``train --from`` goes on from smaller networks where they stood."""
    torch.manual_seed(0)
    plain, grown = ConvPatchEmbed(wide=(0, 0, 0)).eval(), ConvPatchEmbed().eval()
    found = grown.load_state_dict(plain.state_dict(), strict=False)
    assert not found.unexpected_keys
    assert {name.split(".")[0] for name in found.missing_keys} == {"wide"}
    x = torch.rand(2, 1, 48, 48)
    with torch.inference_mode():
        torch.testing.assert_close(grown(x), plain(x))
    assert grown(x).shape == (2, 36, 256)
