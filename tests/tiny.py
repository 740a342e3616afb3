"""Random encoder–decoders smaller than a page of text, made on the spot."""

import shutil
from pathlib import Path
from typing import Any

WORDS = "tỉnh A thi hành xong một nghìn việc tăng so với cùng kỳ năm trước tiền thu hồi đạt kế hoạch quý này".split()
# A seed whose random models put words, not marks, first.
SEED = 4


def make_tiny(kind: str, folder: Path) -> Path:
    """A random "bart" or "t5" in transformers' format."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration, T5Config, T5ForConditionalGeneration

    torch.manual_seed(SEED)
    tokenizer = word_tokenizer()
    size = len(tokenizer)
    ids = {"pad_token_id": 1, "eos_token_id": 2, "bos_token_id": 0, "vocab_size": size}
    if kind == "bart":
        config = BartConfig(
            **ids, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=256, decoder_start_token_id=2,
            forced_eos_token_id=None, is_encoder_decoder=True, normalize_before=False, normalize_embedding=True,
        )  # fmt: skip
        model: Any = BartForConditionalGeneration(config)
    else:
        shape = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
        model = T5ForConditionalGeneration(T5Config(**ids, **shape, decoder_start_token_id=1))
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(0.0, 0.4)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def word_tokenizer() -> Any:
    """A fast word tokenizer over WORDS with the usual marks."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocab = {word: i for i, word in enumerate(dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", *WORDS]))}
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )


def export_tiny(tiny: Path, folder: Path) -> Path:
    """The same model as a CTranslate2 export with its tokenizer."""
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(tiny)).convert(str(folder))
    shutil.copy(tiny / "tokenizer.json", folder)
    return folder
