#!/usr/bin/env python3
"""Checks a running `moru serve` with the OpenAI Python client, which is the reference for the API's shape.

Not part of ./test, since it needs PyPI:
    python3 -m venv VENV && VENV/bin/pip install openai
    build/moru serve MODEL --port 8080 &
    VENV/bin/python tests/reference/openai_client.py http://127.0.0.1:8080/v1
Ends with status 1 at the first thing that differs.
"""
import asyncio
import sys

import openai

QUESTION = [{"role": "user", "content": "표는 어떻게 만드나요?"}]


def expect(condition, what):
    if not condition:
        sys.exit(f"differs: {what}")
    print("as expected:", what)


def refused(kind, what, call):
    try:
        call()
    except kind as error:
        expect(error.body and error.body.get("message"), f"{what} is {kind.__name__} ({error.body.get('code')})")
    else:
        sys.exit(f"differs: {what} was accepted")


def check(client):
    models = client.models.list().data
    expect(len(models) == 1 and models[0].object == "model", "models.list has the model")
    model = models[0].id
    expect(client.models.retrieve(model).id == model, "models.retrieve finds it")
    refused(openai.NotFoundError, "an unknown model", lambda: client.models.retrieve("no-such-model"))

    ask = lambda **more: client.chat.completions.create(model=model, messages=QUESTION, max_tokens=24, **more)
    whole = ask(temperature=0)
    choice = whole.choices[0]
    expect(whole.object == "chat.completion" and choice.message.role == "assistant", "a completion")
    expect(choice.finish_reason in ("stop", "length"), f"finish_reason {choice.finish_reason}")
    expect(whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens, "usage adds up")

    chunks = list(ask(temperature=0, stream=True, stream_options={"include_usage": True}))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    expect(text == choice.message.content, "the stream says the same")
    expect(chunks[0].choices[0].delta.role == "assistant", "the first chunk names the role")
    expect([c for c in chunks if c.choices][-1].choices[0].finish_reason == choice.finish_reason, "the last chunk has the reason")
    expect(not chunks[-1].choices and chunks[-1].usage == whole.usage, "the usage chunk comes last")
    expect(len({c.id for c in chunks}) == 1, "chunks share an id")

    same = [ask(temperature=1, seed=7).choices[0].message.content for _ in range(2)]
    expect(same[0] == same[1], "a seed repeats itself")
    parts = client.chat.completions.create(model=model, max_completion_tokens=24, temperature=0, messages=[
        {"role": "user", "content": [{"type": "text", "text": QUESTION[0]["content"]}]}])
    expect(parts.choices[0].message.content == choice.message.content, "text parts are read")

    refused(openai.BadRequestError, "two choices", lambda: ask(n=2))
    refused(openai.BadRequestError, "log probabilities", lambda: ask(logprobs=True))
    refused(openai.BadRequestError, "a temperature of 3", lambda: ask(temperature=3))
    refused(openai.BadRequestError, "an unknown parameter", lambda: ask(extra_body={"colour": "red"}))
    refused(openai.BadRequestError, "no messages", lambda: client.chat.completions.create(model=model, messages=[]))
    refused(openai.BadRequestError, "a prompt past the context", lambda: client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "q" * 3_000_000}]))
    refused(openai.APIStatusError, "a body past the limit", lambda: client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "q" * 9_000_000}]))
    return model


async def check_many(url, model, count=100):
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
        async def one():
            stream = await client.chat.completions.create(
                model=model, messages=QUESTION, max_tokens=24, temperature=0, stream=True)
            return "".join([c.choices[0].delta.content or "" async for c in stream])
        answers = await asyncio.gather(*[one() for _ in range(count)])
    expect(len(set(answers)) == 1, f"{count} streams at once give one answer")


def main():
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080/v1"
    model = check(openai.OpenAI(base_url=url, api_key="none", max_retries=0))
    asyncio.run(check_many(url, model))


if __name__ == "__main__":
    main()
