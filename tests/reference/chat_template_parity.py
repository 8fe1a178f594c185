"""Compares the Jinja text that Moru writes into a model's folder with Moru's own rendering, and with the format's facts
for what only the Jinja text knows (tools, tool calls, reasoning_content).

Run as README.md beside this file says. Exits 1 and shows the first difference if there is one.
"""
import json
import random
import subprocess
import sys

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

HELPER = sys.argv[1] if len(sys.argv) > 1 else "build/tests/text_reference"


def environment(**blocks):
    """As Hugging Face's apply_chat_template makes it."""
    def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def fail(message):
        raise jinja2.exceptions.TemplateError(message)

    made = ImmutableSandboxedEnvironment(**blocks, extensions=["jinja2.ext.loopcontrols"])
    made.filters["tojson"] = to_json
    made.globals["raise_exception"] = fail
    return made


def chats():
    rng = random.Random(2)
    words = ["", " ", "\n", "표란?", " 칸의 모임 ", "<|endofturn|>", "</think>", "<think>", "{\"a\": 1}", "\u3000\u00a0x\u200b", "{{ x }}", "\x1d끝\x85", "'\"&<>"]
    made = [[]]
    for _ in range(3000):
        made.append([{"role": rng.choice(["system", "user", "assistant", "tool"]),
                      "content": "".join(rng.choice(words) for _ in range(rng.randrange(4)))} for _ in range(rng.randrange(1, 7))])
    return made


def expect(template, expected, **arguments):
    got = template.render(**arguments)
    if got != expected:
        sys.exit(f"expected {expected!r}\ngot      {got!r}")


def main():
    conversations = chats()
    request = {"corpus": [], "vocabulary_size": 336, "texts": [], "chats": conversations}
    result = subprocess.run([HELPER], input=json.dumps(request).encode(), capture_output=True)
    if result.returncode:
        sys.exit(result.stderr.decode())
    ours = json.loads(result.stdout)
    for blocks in ({"trim_blocks": True, "lstrip_blocks": True}, {}):
        template = environment(**blocks).from_string(ours["chat_template"])
        for chat, rendered, prompt in zip(conversations, ours["rendered"], ours["prompts"]):
            expect(template, rendered, messages=chat, add_generation_prompt=False)
            expect(template, prompt, messages=chat, add_generation_prompt=True, enable_thinking=False)

        user = {"role": "user", "content": "q"}
        asked = "<|user|>\nq<|endofturn|>\n"
        opened = "<|assistant|>\n<think>\n"
        expect(template, asked + opened, messages=[user], add_generation_prompt=True)
        expect(template, asked + opened, messages=[user], add_generation_prompt=True, enable_thinking=True)
        tool = {"type": "function", "function": {"name": "찾기", "parameters": {}}}
        expect(template, '<|tool_declare|>\n# Tools\n<tool>{"type": "function", "function": {"name": "찾기", "parameters": {}}}</tool>\n'
               "<|endofturn|>\n" + asked, messages=[user], tools=[tool])
        call = {"function": {"name": "찾기", "arguments": {"말": "표"}}}
        bare = {"name": "f", "parameters": "{}"}
        thought = {"role": "assistant", "content": "가", "reasoning_content": "생각", "tool_calls": [call, bare]}
        calls = '<tool_call>{"name": "찾기", "arguments": {"말": "표"}}</tool_call>\n<tool_call>{"name": "f", "arguments": {}}</tool_call>'
        results = [{"role": "tool", "content": {"a": "나"}}, {"role": "tool", "content": "b"}]
        told = '<|tool|>\n<tool_result>{"a": "나"}</tool_result>\n<tool_result>b</tool_result><|endofturn|>\n'
        expect(template, asked + opened + "생각\n</think>\n\n가\n" + calls + "<|endofturn|>\n" + told, messages=[user, thought] + results)
        expect(template, asked + opened + "\n</think>\n\n" + calls + "<|endofturn|>\n",
               messages=[user, {**thought, "content": None, "skip_think": True}])
        expect(template, asked + opened + "\n</think>\n\n가\n" + calls + "<|endofturn|>\n" + asked, messages=[user, thought, user])
        expect(template, "<|user|>\nab<|endofturn|>\n", messages=[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}])
        for bad in ({"role": "judge", "content": "x"}, {"role": "user", "content": [{"type": "image"}]}):
            try:
                template.render(messages=[bad])
            except jinja2.exceptions.TemplateError:
                continue
            sys.exit(f"no error: {bad}")
    print(f"{len(conversations)} conversations alike")


main()
