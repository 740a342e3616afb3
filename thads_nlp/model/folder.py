"""Model folders: what is in one, whether it is whole, and where the shipped one lies.

``thads.json`` states how the model is fed and the size and SHA-256 of every file; a folder without it is a foreign
encoder–decoder that takes plain text.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from thads_nlp.errors import ModelError
from thads_nlp.model.engine import DEFAULT_COMPUTE_TYPE, ComputeType, Shape

MANIFEST = "thads.json"
SHIPPED_NAME = "vi-brief-270m"
# The shipped folder in an installed package, then in a checkout.
SHIPPED_PLACES = (
    Path(__file__).resolve().parents[1] / "_model",
    Path(__file__).resolve().parents[2] / "models" / SHIPPED_NAME,
)
MAX_MANIFEST_BYTES = 1_000_000
_CHUNK_BYTES = 1 << 20

InputKind = Literal["slots", "segmented", "plain"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """Size in bytes and SHA-256 (hex) that the manifest states for one file."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a manifest states.

    ``window`` is the most subwords of prompt and output together; ``compute`` the arithmetic that the weights were
    made for (a manifest without it means float).
    """

    name: str
    revision: str
    shape: Shape
    input: InputKind
    prefix: str
    window: int
    files: tuple[ModelFile, ...]
    compute: ComputeType = DEFAULT_COMPUTE_TYPE

    @property
    def label(self) -> str:
        """``name@revision``, as briefings carry it."""
        return f"{self.name}@{self.revision}"


def find_model(model: str | Path | None) -> str | Path:
    """The folder to load: the given one, else the shipped one; a string that is no folder may be a Hub id.

    Raises:
        ModelError: nothing lies there; the message lists what was looked for.
    """
    if model is None:
        for place in SHIPPED_PLACES:
            if (place / MANIFEST).is_file():
                return place
        looked = ", ".join(str(place) for place in SHIPPED_PLACES)
        raise ModelError(f"the shipped model was not found (looked in {looked}); install the package again")
    path = Path(model)
    if path.is_dir():
        return path
    if isinstance(model, Path) or path.exists() or not _is_hub_id(str(model)):
        raise ModelError(f"{model}: no such model folder (a Hub id looks like 'owner/name')")
    return str(model)


def read_manifest(folder: Path) -> ModelInfo | None:
    """The checked manifest of a folder, None when it has none (a foreign model).

    Raises:
        ModelError: the manifest is not what it should be.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise ModelError(f"{path}: larger than {MAX_MANIFEST_BYTES} bytes, so no manifest")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return _info(record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not a manifest of this package ({error!r}); get the model folder anew") from error


def check_files(folder: Path, info: ModelInfo) -> None:
    """Compare every listed file with its size and hash.

    Raises:
        ModelError: names the first file that is missing, cut short or different.
    """
    for file in info.files:
        path = folder / file.name
        if not path.is_file():
            raise ModelError(f"{path}: missing from the model folder; get the folder anew")
        size = path.stat().st_size
        if size != file.size:
            raise ModelError(f"{path}: {size} bytes, the manifest says {file.size}; the file is cut short or foreign")
        if file_sha256(path) != file.sha256:
            raise ModelError(f"{path}: SHA-256 differs from the manifest's; the file is damaged or foreign")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _info(record: dict[str, Any]) -> ModelInfo:
    """A manifest record with its values checked."""
    if record["shape"] not in get_args(Shape):
        raise ValueError(f"shape {record['shape']!r}, expected one of {get_args(Shape)}")
    if record["input"] not in get_args(InputKind):
        raise ValueError(f"input {record['input']!r}, expected one of {get_args(InputKind)}")
    compute = record.get("compute", DEFAULT_COMPUTE_TYPE)
    if compute not in get_args(ComputeType):
        raise ValueError(f"compute {compute!r}, expected one of {get_args(ComputeType)}")
    files = tuple(_file(name, entry) for name, entry in record["files"].items())
    return ModelInfo(
        name=str(record["name"]),
        revision=str(record["revision"]),
        shape=record["shape"],
        input=record["input"],
        prefix=str(record.get("prefix", "")),
        window=int(record["window"]),
        files=files,
        compute=compute,
    )


def _file(name: str, entry: dict[str, Any]) -> ModelFile:
    """One file entry; a name with a path in it is refused."""
    if Path(name).name != name or name in {"", ".", ".."}:
        raise ValueError(f"file name {name!r} leads out of the folder")
    return ModelFile(name, int(entry["size"]), str(entry["sha256"]))


def _is_hub_id(model: str) -> bool:
    """Whether a string could name a repository on the Hub: ``owner/name`` and no path."""
    owner, _, name = model.partition("/")
    return bool(owner and name) and "/" not in name and not model.startswith((".", "~")) and "\\" not in model
