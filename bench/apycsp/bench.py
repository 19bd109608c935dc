#!/usr/bin/env python3
"""The scenarios in aPyCSP: `bench.py SCENARIO CASE MILLIS full|quick` prints one line.

aPyCSP itself is found by PYTHONPATH. Of it are used Channel, Alternative, Parallel and Timer.
"""

import asyncio
import functools
import sys
import time

from apycsp import Alternative, Channel, Parallel

now = time.process_time_ns


async def measured(count, step):
    """Nanoseconds that count steps take, after some that do not count."""
    for _ in range(10):
        await step()
    begin = now()
    for _ in range(count):
        await step()
    return now() - begin, ""


def background(*processes):
    """Starts processes; the caller keeps the tasks, as asyncio does not."""
    return [asyncio.ensure_future(process) for process in processes]


def stop(tasks):
    for task in tasks:
        task.cancel()


async def prefix(cin, cout):
    value = 0
    while True:
        await cout(value)
        value = await cin()


async def sequential_delta2(cin, first, second):
    while True:
        value = await cin()
        await first(value)
        await second(value)


async def parallel_delta2(cin, first, second):
    while True:
        value = await cin()
        await Parallel(first(value), second(value))


async def successor(cin, cout):
    while True:
        await cout(await cin() + 1)


async def commstime(case, count):
    a, b, c, d = (Channel() for _ in range(4))
    delta2 = parallel_delta2 if case == "parallel" else sequential_delta2
    tasks = background(
        prefix(c.read, a.write), delta2(a.read, d.write, b.write), successor(b.read, c.write)
    )
    result = await measured(count, d.read)
    stop(tasks)
    return result


async def pong(cin, cout):
    while True:
        await cout(await cin())


async def pingpong(_case, count):
    there, back = Channel(), Channel()
    tasks = background(pong(there.read, back.write))

    async def step():
        await there.write(0)
        await back.read()

    result = await measured(count, step)
    stop(tasks)
    return result


async def write_all(*couts):
    while True:
        for cout in couts:
            await cout(0)


async def write_any(couts):
    while True:
        await Alternative(*(cout.alt_pending_write(0) for cout in couts)).select()


async def stream(_case, count):
    channel = Channel()
    tasks = background(write_all(channel.write))
    result = await measured(count, channel.read)
    stop(tasks)
    return result


async def choose(channels, tasks, count):
    alternative = Alternative(*(channel.read for channel in channels))
    result = await measured(count, alternative.select)
    stop(tasks)
    return result


async def choice(case, count):
    order, size = case.split("/")
    channels = [Channel() for _ in range(int(size))]
    if order == "rr":
        tasks = background(write_all(*(channel.write for channel in channels)))
    else:
        tasks = background(*(write_all(channel.write) for channel in channels))
    return await choose(channels, tasks, count)


async def stressed(_case, count):
    channels = [Channel() for _ in range(10)]
    tasks = background(*(write_all(channel.write) for channel in channels for _ in range(1000)))
    return await choose(channels, tasks, count)


async def prodcons(case, count):
    if case == "plain":
        return await stream(case, count)
    order, size = case.split("/")
    if order == "alt":
        return await choice(f"rr/{size}", count)
    channels = [Channel() for _ in range(int(size))]
    tasks = background(write_any([channel.write for channel in channels]))
    return await choose(channels, tasks, count)


async def timeout(case, count):
    if case == "plain":
        return await stream(case, count)
    from apycsp import Timer

    channel = Channel()
    tasks = background(write_all(channel.write))

    async def step():
        await Alternative(channel.read, Timer(60)).select()

    result = await measured(count, step)
    stop(tasks)
    return result


def resident():
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


async def processes(_case, count):
    blocked = 0

    async def process(cin):
        nonlocal blocked
        blocked += 1
        await cin()

    before, begin = resident(), now()
    channels, tasks = [], []
    for _ in range(count):
        channel = Channel()
        channels.append(channel)
        tasks.append(asyncio.ensure_future(process(channel.read)))
    while blocked < count:
        await asyncio.sleep(0)
    created, taken = now(), resident() - before
    for channel in channels:
        await channel.write(1)
    await asyncio.gather(*tasks)
    nanos = now() - begin
    create = (created - begin) / count
    more = f"bytes={taken / count:.1f} create={create:.1f} wake={nanos / count - create:.1f}"
    return nanos, more


SCENARIOS = {
    "commstime": commstime,
    "pingpong": pingpong,
    "stream": stream,
    "choice": choice,
    "stressed": stressed,
    "prodcons": prodcons,
    "timeout": timeout,
}


def calibrated(target, run):
    """As the Rust harness: growing counts until one run takes long enough to be believed."""
    count = 20
    while True:
        nanos, more = run(count)
        if nanos >= 0.7 * target:
            return nanos / count, more
        count = int(count * min(max(1.1 * target / max(nanos, 1), 1.2), 10))


def main():
    scenario, case, millis, quick = sys.argv[1:]
    if scenario == "processes":
        # A million of them would take minutes; it is said per process.
        count = 10_000 if quick == "quick" else 100_000
        nanos, more = asyncio.run(processes(case, count))
        nanos /= count
    else:
        function = functools.partial(SCENARIOS[scenario], case)
        nanos, more = calibrated(int(millis) * 1e6, lambda count: asyncio.run(function(count)))
    print(f"ns={nanos:.3f} {more}")


main()
