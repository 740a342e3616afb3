"""Smoothing before export: the same function, with activations that int8 can hold."""

import pytest

torch = pytest.importorskip("torch")

from thads_nlp.training.causal import CausalConfig, CausalModel  # noqa: E402
from thads_nlp.training.smoothing import activation_peaks, smooth  # noqa: E402

SEQUENCES = [[1, 5, 9, 33, 2, 17, 40], [3, 3, 8, 21]]


def _model(kv_heads: int) -> CausalModel:
    torch.manual_seed(3)
    config = CausalConfig(
        vocab_size=64, hidden_size=32, intermediate_size=48, head_dim=8, heads=4, kv_heads=kv_heads,
        full_attention=(False, True), query_scale=8**-0.5, local_theta=1e4, global_theta=1e6, norm_eps=1e-6,
    )  # fmt: skip
    model = CausalModel(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
        for layer in model.layers:  # outliers, as Gemma's norms make them
            layer.input_layernorm.weight[5] = 60.0
            layer.pre_feedforward_layernorm.weight[7] = 90.0
            layer.mlp.up_proj.weight[11] *= 40.0
            layer.self_attn.v_proj.weight[2] *= 40.0
    return model


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_smoothing_keeps_the_function(kv_heads: int) -> None:
    model = _model(kv_heads)
    ids = torch.tensor(SEQUENCES[:1])
    before = model(ids)
    smooth(model, SEQUENCES)
    assert torch.allclose(model(ids), before, atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("name", ["attention", "mixed", "feed", "gated"])
def test_outlier_channels_no_longer_take_the_scale(name: str) -> None:
    model = _model(1)
    before = [peaks[name] for peaks in activation_peaks(model, SEQUENCES)]
    smooth(model, SEQUENCES)
    after = [peaks[name] for peaks in activation_peaks(model, SEQUENCES)]
    for old, new in zip(before, after, strict=True):
        assert new.max() / new.median() < 0.5 * old.max() / old.median()
