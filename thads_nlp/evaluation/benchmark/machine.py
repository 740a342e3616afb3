"""The machine's own limits, measured on the spot: memory and matrix products. With torch on all threads, else NumPy."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from .results import Limits

# Bytes that no cache of a usual processor holds, and the side of a square product that fills its vector units.
COPY_BYTES = 1 << 29
SIDE = 2048
REPEATS = 5


def measure_limits(copy_bytes: int = COPY_BYTES, side: int = SIDE, repeats: int = REPEATS) -> Limits:
    """The best of several tries of each."""
    try:
        import torch
    except ImportError:
        return _with_numpy(copy_bytes, side, repeats)
    return _with_torch(torch, copy_bytes, side, repeats)


def _best(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several calls, after one that does not count."""
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _with_torch(torch: Any, copy_bytes: int, side: int, repeats: int) -> Limits:
    """Copy; a matrix times a vector, which reads every weight once as decoding does; square products by type."""
    count = copy_bytes // 4
    source, target = torch.ones(count), torch.empty(count)
    copied = _best(lambda: target.copy_(source), repeats)
    rows = source[: count // side * side].view(-1, side)
    vector = torch.ones(side)
    read = _best(lambda: torch.mv(rows, vector), repeats)
    operations = 2 * side**3 / 1e9
    factor = torch.randn(side, side)
    half = factor.to(torch.bfloat16)
    linear = _int8_linear(torch, side)
    return Limits(
        copy=2 * copy_bytes / copied / 1e9,
        read=4 * rows.numel() / read / 1e9,
        fp32=operations / _best(lambda: factor @ factor, repeats),
        bf16=operations / _best(lambda: half @ half, repeats),
        int8=operations / _best(lambda: linear(factor), repeats) if linear else None,
    )


def _int8_linear(torch: Any, side: int) -> Any:
    """A dynamically quantized layer, the int8 product that PyTorch offers on a CPU; None without such an engine."""
    plain = torch.nn.Sequential(torch.nn.Linear(side, side, bias=False)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return torch.ao.quantization.quantize_dynamic(plain, {torch.nn.Linear}, dtype=torch.qint8)
        except (AttributeError, RuntimeError):
            return None


def _with_numpy(copy_bytes: int, side: int, repeats: int) -> Limits:
    """The same where torch is missing: copies and reads on one thread, no bf16 and no int8."""
    import numpy

    count = copy_bytes // 4
    source, target = numpy.ones(count, numpy.float32), numpy.empty(count, numpy.float32)
    rows = source[: count // side * side].reshape(-1, side)
    vector = numpy.ones(side, numpy.float32)
    factor = numpy.random.default_rng(1).standard_normal((side, side), dtype=numpy.float32)
    return Limits(
        copy=2 * copy_bytes / _best(lambda: numpy.copyto(target, source), repeats) / 1e9,
        read=rows.nbytes / _best(lambda: rows @ vector, repeats) / 1e9,
        fp32=2 * side**3 / 1e9 / _best(lambda: factor @ factor, repeats),
    )
