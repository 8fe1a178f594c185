#!/usr/bin/env python3
"""Why an answer of `moru chat` and one of llama.cpp's chat differ: the prompt, the weights, or rounding.

    PYTHON tests/reference/chat_llama_cpp.py FILE.gguf [QUESTION...]

For each question: whether both read the same prompt, token for token; the first token where llama.cpp's greedy answer
leaves Moru's, with the two best logits of each there; and how far their logits lie apart (llama.cpp rounds what Q4_1
is multiplied by to 8 bits). Then the same weights unfolded to float32, where nothing is rounded: there llama.cpp, Moru
and transformers must choose the same tokens. Exits 1 if prompts differ, or the tokens of the unfolded weights. Needs the target `model_reference`.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from llama_cpp_model import LlamaCppModel

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MORU = ROOT / "build" / "moru"
REFERENCE = ROOT / "build" / "tests" / "model_reference"
QUESTIONS = ["What is the capital of France?", "What is the capital of South Korea?", "Why is the sky blue?",
             "Write a haiku about the sea.", "How do I boil an egg?", "서울은 어떤 도시인가요?"]
ANSWER = 48


def ask(*arguments, given):
    return subprocess.run([REFERENCE, *arguments], input=json.dumps(given).encode(), check=True,
                          stdout=subprocess.PIPE).stdout


def logits_of_moru(model, kind, tokens):
    return numpy.frombuffer(ask("logits", model, kind, given=[tokens]), numpy.float32).reshape(len(tokens), -1)


def chat(theirs, question):
    """The prompt that llama.cpp reads when it is asked over its own chat, and its greedy answer: token ids."""
    answer = theirs.model.create_chat_completion([{"role": "user", "content": question}], temperature=0,
                                                 max_tokens=ANSWER, repeat_penalty=1.0)
    prompt = theirs.model.input_ids[:answer["usage"]["prompt_tokens"]].tolist()
    made = [int(theirs.logits(prompt)[-1].argmax())]
    while len(made) < ANSWER and theirs.model.token_eos() not in made:
        theirs.model.eval(made[-1:])
        made.append(int(theirs.model.scores[theirs.model.n_tokens - 1].argmax()))
    return prompt, made, answer["choices"][0]["message"]["content"]


def best_two(theirs, row):
    first, second = row.argsort()[::-1][:2]
    word = lambda token: theirs.model.detokenize([int(token)]).decode(errors="replace")
    return f"{word(first)!r} before {word(second)!r} by {row[first] - row[second]:.3f}"


def folded(theirs, file, question):
    """Prints how the answers of the file as it is part; returns the prompt, or nothing if the prompts differ."""
    prompt, answer, text = chat(theirs, question)
    print(f"\n{question} llama.cpp: {text!r}")
    if prompt != json.loads(ask("prompts", file, given=[question]))[0]:
        print("  THE PROMPTS DIFFER")
        return None
    tokens = prompt + answer
    rows = {"llama.cpp": theirs.logits(tokens), "Moru, float32": logits_of_moru(file, "f32", tokens),
            "Moru, bfloat16": logits_of_moru(file, "bf16", tokens)}
    exact = rows["Moru, float32"]
    for name, row in rows.items():
        other = [i for i, token in enumerate(answer) if row[len(prompt) - 1 + i].argmax() != token]
        apart = numpy.abs(row - exact)
        print(f"  {name}: {len(answer) - len(other)} of {len(answer)} tokens; off Moru's float32 by "
              f"{apart.mean() / exact.std():.1e} on average, {apart.max() / exact.std():.1e} at most")
    parts = [i for i, token in enumerate(answer) if rows["Moru, bfloat16"][len(prompt) - 1 + i].argmax() != token]
    for name, row in rows.items() if parts else []:
        print(f"  token {parts[0] + 1}, {name}: {best_two(theirs, row[len(prompt) - 1 + parts[0]])}")
    return prompt


def unfolded(file, folder, prompts):
    """Whether three implementations choose the same tokens from float32 weights."""
    for source, target in ((file, folder / "model"), (folder / "model", folder / "model.gguf")):
        subprocess.run([MORU, "convert", source, target, "--type", "f32"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    theirs = LlamaCppModel(folder / "model.gguf", 256, threads=1)
    hugging = AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32, attn_implementation="eager")
    good = True
    for prompt in prompts:
        _, answer, text = chat(theirs, QUESTION_OF[tuple(prompt)])
        tokens = prompt + answer
        with torch.no_grad():
            rows = {"llama.cpp": theirs.logits(tokens), "transformers": hugging(torch.tensor([tokens])).logits[0].numpy()}
        exact = logits_of_moru(folder / "model.gguf", "f32", tokens)
        rows["Moru"] = exact
        same = {name: int((row[len(prompt) - 1:-1].argmax(1) == answer).sum()) for name, row in rows.items()}
        apart = ", ".join(f"{name} {numpy.abs(row - exact).max() / exact.std():.1e}" for name, row in rows.items())
        good &= set(same.values()) == {len(answer)}
        print(f"{QUESTION_OF[tuple(prompt)]} {text!r}: tokens the same of {len(answer)}: {same}; off Moru at most: {apart}")
    return good


QUESTION_OF = {}


def main():
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    file = pathlib.Path(sys.argv[1])
    theirs, good = LlamaCppModel(file, 256, threads=1), True
    for question in sys.argv[2:] or QUESTIONS:
        prompt = folded(theirs, file, question)
        good &= prompt is not None
        if prompt is not None:
            QUESTION_OF[tuple(prompt)] = question
    print("\nUnfolded to float32:")
    with tempfile.TemporaryDirectory() as folder:
        good &= unfolded(file, pathlib.Path(folder), [list(prompt) for prompt in QUESTION_OF])
    return 0 if good else 1


sys.exit(main())
