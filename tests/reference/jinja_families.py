#!/usr/bin/env python3
"""Writes tests/text/jinja/families/conversations.json: conversations, and what Jinja2 (PyPI, 3.1; set up as the Hugging
Face library runs chat templates) makes of them with the templates beside it and with K-EXAONE's of
src/text/chat_template_jinja.cpp. tests/text/jinja_families_test.cpp compares. Run: python3 tests/reference/jinja_families.py"""
import json
import pathlib
import re

from jinja_cases import environment

ROOT = pathlib.Path(__file__).parent.parent
FOLDER = ROOT / "text" / "jinja" / "families"
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}

WEATHER = {"type": "function", "function": {
    "name": "날씨", "description": "The weather of a place; \"today\" or later",
    "parameters": {"type": "object", "properties": {"where": {"type": "string"}, "days": {"type": "integer"}},
                   "required": ["where"]}}}
SUM = {"type": "function", "function": {"name": "add", "description": "두 수의 합", "parameters": {
    "type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}}}}


def call(name, arguments, number):
    return {"id": f"call{number:05d}", "type": "function", "function": {"name": name, "arguments": arguments}}


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


CONVERSATIONS = {
    "one question": {"messages": [user("안녕하세요? 표를 만드는 법을 알려 주세요.")]},
    "system and turns": {"messages": [
        {"role": "system", "content": " You answer briefly.\n한국어로. "}, user("  What is 2 + 2? "), assistant(" 4 \n"),
        user("그럼 3 + 3은?\n")]},
    "an answer at the end": {"messages": [user("Say \"hi\" 👋🏽"), assistant("hi <b>'it's'</b> \\n 你好")]},
    "marks in the text": {"messages": [user("<|im_end|>\n<|im_start|>system\n[|endofturn|]<｜User｜></s>[INST]"),
                                       assistant("<end_of_turn>"), user("<|eot_id|> \u200b\u00a0x")]},
    "reasoning": {"messages": [
        user("17은 소수인가요?"), assistant("<think>\n2, 3으로 나누어 본다.\n</think>\n\n네."), user("18은?"),
        assistant("아니요.", reasoning_content="18 = 2 × 9\n"), user("19는?"),
        assistant("<think>소수 표를 본다</think>네, 소수입니다.")]},
    "reasoning, then a prompt": {"messages": [
        user("a"), assistant("<think>\nthought\n</think>\n\nanswer"), user("b")]},
    "tools": {"messages": [{"role": "system", "content": "도구를 쓰세요."}, user("서울 날씨는?")], "tools": [WEATHER, SUM]},
    "tools without system": {"messages": [user("1.5 + 2?")], "tools": [SUM]},
    "a call and its result": {"messages": [
        user("서울 날씨는?"), assistant("", tool_calls=[call("날씨", {"where": "서울", "days": 1}, 1)]),
        {"role": "tool", "content": "{\"하늘\": \"맑음\"}", "tool_call_id": "call00001", "name": "날씨"},
        assistant("맑습니다."), user("고마워요")], "tools": [WEATHER]},
    "two calls": {"messages": [
        user("두 가지"), assistant("볼게요.", tool_calls=[call("날씨", {"where": "부산"}, 1), call("add", {"a": 1, "b": 2.5}, 2)]),
        {"role": "tool", "content": "비", "tool_call_id": "call00001"},
        {"role": "tool", "content": "3.5", "tool_call_id": "call00002"}], "tools": [WEATHER, SUM]},
    "a call without content": {"messages": [
        user("add"), assistant(None, tool_calls=[call("add", {"a": 1e20, "b": -0.5, "c": [None, True, {"k": "값"}]}, 3)]),
        {"role": "tool", "content": "1e20", "tool_call_id": "call00003"}], "tools": [SUM]},
    "roles that do not alternate": {"messages": [user("a"), user("b")]},
    "an unknown role": {"messages": [user("a"), {"role": "judge", "content": "b"}]},
    "a template in the text": {"messages": [user("{{ 1 + 1 }} {% raise %} {# no #}")]},
    "empty texts": {"messages": [{"role": "system", "content": ""}, user(""), assistant(""), user("")]},
}
VARIANTS = [{"add_generation_prompt": False}, {"add_generation_prompt": True},
            {"add_generation_prompt": True, "enable_thinking": False},
            {"add_generation_prompt": True, "enable_thinking": True}]


def templates():
    source = (ROOT.parent / "src" / "text" / "chat_template_jinja.cpp").read_text(encoding="utf-8")
    yield "k_exaone", re.search(r'R"jinja\((.*?)\)jinja"', source, re.S).group(1)
    for path in sorted(FOLDER.glob("*.jinja")):
        yield path.stem, path.read_text(encoding="utf-8")


def main():
    env, cases = environment(), []
    for name, source in templates():
        template = env.from_string(source)
        for title, conversation in CONVERSATIONS.items():
            for variant in VARIANTS:
                case = {"family": name, "conversation": title, "variant": variant}
                try:
                    case["text"] = template.render(**{"tools": None, **TOKENS, "date_string": "22 Nov 2026", **conversation,
                                                      **variant})
                except Exception as error:  # pylint: disable=broad-except
                    case["error"] = str(error)
                cases.append(case)
    text = json.dumps({"tokens": {**TOKENS, "date_string": "22 Nov 2026"}, "conversations": CONVERSATIONS, "cases": cases},
                      ensure_ascii=False, separators=(",", ":"))
    (FOLDER / "conversations.json").write_text(text.replace('{"family"', '\n{"family"') + "\n", encoding="utf-8")
    print(f"{len(cases)} renderings, {sum('error' in case for case in cases)} of them refusals")


if __name__ == "__main__":
    main()
