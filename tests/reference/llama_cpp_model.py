"""llama.cpp by way of PyPI's llama-cpp-python: exact where it can be (float32 keys and values, no flash attention)."""
import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before the library reads it
import llama_cpp
import numpy

_defaults = llama_cpp.llama_cpp.llama_model_default_params


def _without_repacking():
    # With GCC 12 the AMX path is built such that it crashes on its first tile; it belongs to the repacked buffers.
    parameters = _defaults()
    parameters.use_extra_bufts = False
    return parameters


llama_cpp.llama_cpp.llama_model_default_params = _without_repacking


class LlamaCppModel:
    def __init__(self, path, context, threads=2):
        self.model = llama_cpp.Llama(str(path), n_ctx=context, n_batch=min(context, 512), n_threads=threads,
                                     n_threads_batch=threads, logits_all=True, type_k=0, type_v=0, flash_attn=False,
                                     verbose=False)

    def logits(self, tokens):
        """[tokens, vocabulary], each after the tokens before it; forgets what was there."""
        self.model.reset()
        self.model.eval(list(tokens))
        return numpy.array(self.model.scores[:len(tokens)], dtype=numpy.float32)

    def tokenize(self, text):
        return self.model.tokenize(text, add_bos=False, special=False)
