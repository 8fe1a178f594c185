#!/usr/bin/env python3
"""Opens many streams of `moru serve` at once and measures: time to the first byte, to the first text, and to the end;
and, with --pid, the server's memory. Python's standard library only.

    build/moru serve MODEL --port 8080 & bench/serve_streams.py --port 8080 --pid $! --streams 1000
"""
import argparse
import asyncio
import json
import time


def memory_of(pid):
    if not pid:
        return None
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


async def stream(arguments, model, times, opened):
    begin = time.perf_counter()
    reader, writer = await asyncio.open_connection(arguments.host, arguments.port)
    body = json.dumps({"model": model, "stream": True, "max_tokens": arguments.tokens, "temperature": 1, "seed": 1,
                       "messages": [{"role": "user", "content": arguments.question}]}).encode()
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                 b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    data = await reader.read(65536)
    first_byte = time.perf_counter() - begin
    opened.append(1)
    first_text = None
    while True:
        if first_text is None and data.count(b'"content":') >= 2:
            first_text = time.perf_counter() - begin
        piece = await reader.read(65536)
        if not piece:
            break
        data += piece
    writer.close()
    good = data.startswith(b"HTTP/1.1 200") and b"data: [DONE]" in data
    times.append((good, first_byte, first_text, time.perf_counter() - begin))


def spread(values):
    values = sorted(v for v in values if v is not None)
    pick = lambda share: values[min(len(values) - 1, int(share * len(values)))] * 1000
    return f"median {pick(0.5):.1f} ms, 99 % {pick(0.99):.1f} ms, most {values[-1] * 1000:.1f} ms" if values else "none"


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--question", default="표는 어떻게 만드나요?")
    arguments = parser.parse_args()
    reader, writer = await asyncio.open_connection(arguments.host, arguments.port)
    writer.write(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    model = json.loads((await reader.read()).split(b"\r\n\r\n", 1)[1])["data"][0]["id"]
    writer.close()

    before = memory_of(arguments.pid)
    times, opened = [], []
    begin = time.perf_counter()
    tasks = [asyncio.create_task(stream(arguments, model, times, opened)) for _ in range(arguments.streams)]
    most_memory, most_open = before, 0
    while not all(task.done() for task in tasks):
        if arguments.pid:
            most_memory = max(most_memory, memory_of(arguments.pid))
        most_open = max(most_open, len(opened) - len(times))
        await asyncio.sleep(0.02)
    await asyncio.gather(*tasks)
    print(f"{sum(good for good, *_ in times)} of {arguments.streams} streams whole in {time.perf_counter() - begin:.2f} s; "
          f"most open at once {most_open}")
    print("first byte:", spread([t[1] for t in times]))
    print("first text:", spread([t[2] for t in times]))
    print("end:       ", spread([t[3] for t in times]))
    if arguments.pid:
        print(f"memory: {before:.1f} MiB before, {most_memory:.1f} MiB at most: "
              f"{(most_memory - before) * 1024 / arguments.streams:.1f} KiB a stream")


asyncio.run(main())
